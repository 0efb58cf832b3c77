// What whoever programs against the API reads first.

const PARAGRAPHS = `The console's own page has no other way in: whatever it shows and does, a program can.

**Logging in.** \`POST /api/login\` sets a cookie that scripts of a page cannot read; it lasts for a shift. Each operation says the
role that it needs; a viewer may less than an operator, an operator less than an engineer, an engineer less than an admin.

**Changing something.** Each request that does has the header \`x-penstock-page: 1\`, which a page of another site cannot send.

**Moments** are milliseconds since the epoch, everywhere.

**Errors** are problem documents (RFC 9457, \`application/problem+json\`): \`detail\` is a sentence that says the way out, \`errors\` names
each mistake of a request by its JSON pointer. 429 and some 503 say in \`Retry-After\` when to try again.

**Asking again.** Answers to GET have a weak ETag; the same in \`If-None-Match\` is answered by 304 while nothing has changed. Answers
about who is logged in are kept by nobody.

**Pages.** Lists take \`limit\` and \`cursor\`, and give \`next\`: the cursor of the page behind, null on the last one. The header
\`Link: <…>; rel="next"\` says the same.

**Live.** \`GET /api/events\` is a stream of server-sent events (\`text/event-stream\`):

| Event | When | Content |
|---|---|---|
| \`snapshot\` | first on a connection that continues no other | all there is: \`alarms\`, \`values\`, \`devices\`, \`services\`, \`commands\`, \`rejected\`, and the server's \`now\` |
| \`alarms\` | at once, whenever alarms change | a list of \`{id, alarm}\`; where \`alarm\` is null it is gone |
| \`commands\` | at once, whenever the life of a command changes | all lives of the devices that it is about, as \`GET /api/devices/{site}/{area}/{device}/commands\` tells them |
| \`changes\` | twice a second at most, and every 4 s as a sign of life | \`added\` and \`changed\` values (\`[id, value, quality, measuredAt]\`), \`devices\`, \`services\`, \`rejected\` that are new |

Each event has an id. A client whose connection breaks sends it as \`Last-Event-ID\`, as browsers do by themselves, or as \`?since=\`, and
is told what it missed; where that is too much or too long ago it is told a \`snapshot\`. A client that cannot keep up is cut off, and comes
back the same way. \`broker\` in \`snapshot\` and \`changes\` is a sentence while the console has lost the broker: everything is old then.
The stream ends with the login.`;

/** Where a line of the source ends says nothing, but Swagger UI would break it there; rows of the table stay. */
export const OVERVIEW = PARAGRAPHS.replaceAll(/([^\n|])\n(?=[^\n|])/g, '$1 ');
