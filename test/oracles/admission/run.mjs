// Random changes, judged by both: the part that the test and the long run share.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { exceptionFor } from './exceptions.mjs';
import { mutated } from './mutate.mjs';
import { OBJECTS } from './objects.mjs';
import { compare } from './verdicts.mjs';

/** Minor version of the testbed's server. */
export const SERVER_MINOR = 37;
const AT_ONCE = 8;

/** The output of this repository, one of each shape, and what it has no example of. */
export function soundObjects() {
  const file = fileURLToPath(new URL('../../../dist/tars.k8s.yaml', import.meta.url));
  const emitted = parseAllDocuments(readFileSync(file, 'utf8'), { version: '1.1' }).map((document) => document.toJS());
  const perKind = new Map();
  for (const object of emitted) perKind.set(object.kind, [...(perKind.get(object.kind) ?? []), object].slice(0, 3));
  return [...[...perKind.values()].flat(), ...OBJECTS];
}

/**
 * @param {import('../api-server.mjs').ApiServer} server
 * @param {readonly any[]} objects
 * @param {ReturnType<typeof import('../random.mjs').randomSource>} random
 * @param {number} count
 */
export async function fuzz(server, objects, random, count) {
  const todo = Array.from({ length: count }, () => {
    const base = random.pick(objects);
    const { object, what } = mutated(base, random);
    return { object, what: `${base.kind}/${base.metadata.name}: ${what}` };
  });
  const result = { cases: 0, refused: 0, disagreements: [], excused: new Map() };
  const work = async () => {
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const comparison = await compare(server, next.object, SERVER_MINOR);
      result.cases += 1;
      if (comparison.theirs) result.refused += 1;
      if (comparison.agrees) continue;
      const exception = exceptionFor(comparison);
      if (exception === undefined) result.disagreements.push({ ...next, why: comparison.why });
      else
        result.excused.set(exception.name, [
          ...(result.excused.get(exception.name) ?? []),
          `${next.what}\n  ${comparison.why}`,
        ]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return result;
}
