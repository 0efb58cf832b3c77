import { expect, test } from 'vitest';
import { queryProblem } from './read-only-query.ts';

test.each([
  'SELECT mean("value") FROM "plant"."raw"."reading" WHERE time > now() - 1h GROUP BY time(1m)',
  ' select * from reading limit 1 ; ',
  'SHOW TAG VALUES FROM reading WITH KEY = "device"',
  'SHOW DATABASES',
  'SELECT "value" FROM reading WHERE "device" =~ /pump.*/',
  'SELECT "introduced", "pinto", "into_tank", "flow_into", "into2" FROM reading',
])('%s may be asked', (query) => {
  expect(queryProblem(query)).toBeUndefined();
});

test.each([
  ['DROP DATABASE plant', /Only SELECT and SHOW/],
  ['EXPLAIN ANALYZE SELECT * INTO x FROM reading', /Only SELECT and SHOW/],
  ['selection FROM x', /Only SELECT and SHOW/],
  ['-- SELECT\nDROP DATABASE plant', /Only SELECT and SHOW/],
  ['/* SELECT */ DROP DATABASE plant', /Only SELECT and SHOW/],
  ['DELETE FROM reading', /Only SELECT and SHOW/],
  ['', /Only SELECT and SHOW/],
  ['SELECT * FROM reading; DROP DATABASE plant', /One statement/],
  ['SELECT mean("value")*1.0into"db"."raw"."alarm_event" FROM "reading"', /INTO writes/],
  ['SELECT 1into x FROM reading', /INTO writes/],
  ['SELECT 1.into"x" FROM reading', /INTO writes/],
  ['SELECT 5mINTO x FROM reading', /INTO writes/],
  ['SELECT 5µinto x FROM reading', /INTO writes/],
  ['SELECT mean("value")into"x" FROM reading', /INTO writes/],
  ['SELECT "value"into"x" FROM reading', /INTO writes/],
  ['SELECT "into" FROM reading', /INTO writes/],
  ["SELECT * FROM reading WHERE a =~ /'/; DROP DATABASE plant --'", /One statement/],
  ["SELECT 1 FROM x WHERE y = '\\';DROP DATABASE plant --'", /One statement/],
  ['SELECT * FROM "x" /* ; */', /One statement/],
  ['SELECT * INTO other FROM reading', /INTO writes/],
  ['SELECT * InTo "other" FROM reading', /INTO writes/],
  ['SELECT */**/INTO/**/other FROM reading', /INTO writes/],
  ['SELECT *\tINTO\n"a"."b"."c" FROM reading', /INTO writes/],
  ['SELECT mean("value")*1.0into"db"."raw"."alarm_event" FROM "reading"', /INTO writes/],
  ['SELECT 1into x FROM reading', /INTO writes/],
  ['SELECT 1.into"x" FROM reading', /INTO writes/],
  ['SELECT 5mINTO x FROM reading', /INTO writes/],
  ['SELECT 5µinto x FROM reading', /INTO writes/],
  ['SELECT mean("value")into"x" FROM reading', /INTO writes/],
  ['SELECT "value"into"x" FROM reading', /INTO writes/],
  ['SELECT "into" FROM reading', /INTO writes/],
  ["SELECT * FROM reading WHERE a =~ /'/ OR b = ' INTO '", /INTO writes/],
  [`SELECT ${'a'.repeat(9_000)} FROM x`, /at most 8000 characters/],
])('%s is refused', (query, words) => {
  expect(queryProblem(query)).toMatch(words);
});
