import { App } from 'cdk8s';
import { subjectOf, TarsChart } from 'cdk8s-tars';
import { PROOFS, verify } from '../../../lib/verify/proofs';
import { MUTATIONS as ADMISSION } from './admission';
import { MUTATIONS as CAPACITY } from './capacity';
import { MUTATIONS as JOBS } from './jobs';
import type { Mutation } from './mutation';
import { MUTATIONS as OBJECTS } from './objects';
import { MUTATIONS as PARITY } from './parity';
import { MUTATIONS as REACHABILITY } from './reachability';
import { MUTATIONS as SECURITY } from './security';

/** A row for each file of this folder. */
const MUTATIONS: readonly Mutation[] = [
  ...OBJECTS,
  ...ADMISSION,
  ...JOBS,
  ...CAPACITY,
  ...REACHABILITY,
  ...PARITY,
  ...SECURITY,
];

/** The stack of main.ts. */
const app = new App();
new TarsChart(app, 'tars');
const subject = subjectOf(app);

/** Names of the mutations that their proofs named with the right code and path. */
const caught = new Set<string>();

describe('a mutation of what was emitted', () => {
  test('has a name of its own, and a proof that exists', () => {
    expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
    expect(PROOFS.map(({ name }) => name)).toEqual(expect.arrayContaining(MUTATIONS.map(({ proof }) => proof)));
  });

  test.each(PROOFS.filter(({ name }) => name !== 'rules').map(({ name }) => name))(
    '%s says nothing about the untouched output',
    (name) => {
      expect(verify(subject, [name])).toEqual([]);
    },
  );

  test.each(MUTATIONS)('$proof: $name', ({ name, proof, mutate, code, path }) => {
    const before = JSON.stringify(subject.emitted);
    const emitted = mutate(subject.emitted);
    expect(JSON.stringify(subject.emitted)).toBe(before);
    expect(JSON.stringify(emitted)).not.toBe(before);
    const found = PROOFS.filter((one) => one.name !== 'rules').map((one) => ({
      proof: one.name,
      issues: verify({ ...subject, emitted }, [one.name]),
    }));
    const issues = found.find((one) => one.proof === proof)?.issues ?? [];
    const said = issues.map((issue) => `${issue.code} ${issue.path}`);
    if (said.includes(`${code} ${path}`)) caught.add(name);
    expect(said).toContain(`${code} ${path}`);
    for (const issue of issues) expect(issue.remedy).not.toBe('');
    expect(found.flatMap((one) => one.issues).filter((issue) => issue.code === 'TARS6702')).toEqual([]);
  });

  afterAll(() => {
    const isCaught = ({ name }: Mutation): boolean => caught.has(name);
    const lines = PROOFS.map(({ name }) => MUTATIONS.filter(({ proof }) => proof === name)).flatMap((own) =>
      own[0] === undefined ? [] : [`${own[0].proof} ${own.filter(isCaught).length} of ${own.length}`],
    );
    const killed = MUTATIONS.filter(isCaught).length;
    process.stdout.write(`mutations caught: ${killed} of ${MUTATIONS.length} (${lines.join(', ')})\n`);
  });
});
