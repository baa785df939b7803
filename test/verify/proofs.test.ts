import { App } from 'cdk8s';
import { subjectOf, TarsChart } from 'cdk8s-tars';
import { composePath, fieldPath } from '../../lib/verify/object-path';
import type { Proof } from '../../lib/verify/proof';
import { carryOut, MANIFEST_PROOFS, PROOFS, verify } from '../../lib/verify/proofs';

const app = new App();
new TarsChart(app, 'tars');
const subject = subjectOf(app);

describe('the registry of proofs', () => {
  test('names each once', () => {
    expect(new Set(PROOFS.map(({ name }) => name)).size).toBe(PROOFS.length);
    for (const proof of MANIFEST_PROOFS) expect(PROOFS).toContain(proof);
  });

  test('verify: all proofs, or those that are named', () => {
    expect(verify(subject).map(({ code }) => code)).toContain('TARS3001');
    expect(verify(subject, ['objects'])).toEqual([]);
    expect(() => verify(subject, ['object'])).toThrow(/TARS6701.*\n.*given: +"object"\n.*"rules", "objects"/);
  });

  test('a proof that cannot be carried out does not hold', () => {
    const broken: Proof = {
      name: 'broken',
      summary: 'fails',
      prove: () => {
        throw new TypeError('x is undefined');
      },
    };
    expect(carryOut(broken, subject)).toMatchObject({
      extent: 'not carried out',
      issues: [{ code: 'TARS6702', severity: 'error', path: 'broken' }],
    });
  });
});

test.each<[keys: (string | number)[], path: string]>([
  [[], ''],
  [['spec', 'ports', 0, 'port'], 'spec.ports[0].port'],
  [['data', 'a.b'], 'data["a.b"]'],
])('paths of %j', (keys, path) => {
  expect(composePath({ file: 'compose/docker-compose.yml' }, keys)).toBe(`compose/docker-compose.yml ${path}`.trim());
  expect(fieldPath({ kind: 'Service', metadata: { name: 'a' } }, keys)).toBe(
    path === '' ? 'Service/a' : `Service/a.${path}`,
  );
});
