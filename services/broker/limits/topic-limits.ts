// How long and how deep topics and filters may be: every level is a node in trees that all clients share.

export type TopicLimits = { readonly topicBytesMax: number; readonly topicLevelsMax: number };

/** What is wrong with the length of a topic or filter; undefined where nothing is. */
export function topicLengthProblem(topic: string, { topicBytesMax, topicLevelsMax }: TopicLimits): string | undefined {
  // No character has more than three bytes for each of its UTF-16 units.
  if (topic.length * 3 > topicBytesMax && Buffer.byteLength(topic) > topicBytesMax)
    return `a topic has at most ${topicBytesMax} bytes`;
  return hasMoreLevels(topic, topicLevelsMax) ? `a topic has at most ${topicLevelsMax} levels` : undefined;
}

function hasMoreLevels(topic: string, levelsMax: number): boolean {
  let levels = 1;
  for (let at = topic.indexOf('/'); at !== -1; at = topic.indexOf('/', at + 1)) if (++levels > levelsMax) return true;
  return levels > levelsMax;
}
