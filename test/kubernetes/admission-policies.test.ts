import { App, JsonPatch, Yaml } from 'cdk8s';
import type { TarsChartProps } from '../../lib/constructs/tars-chart-props';
import { TarsChart } from '../../lib/constructs/tars-chart';
import { checkApp } from '../../lib/constructs/system';
import { subjectOf } from '../../lib/synth';
import { objectName } from '../../lib/verify/object-path';
import { textsOf } from '../../lib/verify/read';

const GUARDED = { kubernetesVersion: '1.30', admissionPolicies: true } as const;

function chartOf(props: TarsChartProps): App {
  const app = new App();
  new TarsChart(app, 'tars', props);
  return app;
}

const objectsOf = (props: TarsChartProps): ReturnType<typeof subjectOf>['emitted']['manifests'] =>
  subjectOf(chartOf(props)).emitted.manifests;

describe('admission policies', () => {
  test('on request only', () => {
    const kinds = objectsOf({ kubernetesVersion: '1.37' }).map(({ object }) => object['kind']);
    expect(kinds).not.toContain('ValidatingAdmissionPolicy');
  });

  test.each([
    ['1.25', false],
    ['1.29', false],
    ['1.30', true],
    ['1.37', true],
  ])('Kubernetes %s has them: %s', (kubernetesVersion, has) => {
    const codes = checkApp(chartOf({ kubernetesVersion, admissionPolicies: true })).map(({ code }) => code);
    expect(codes.includes('TARS1018')).toBe(!has);
  });

  test('they need rights outside of the namespace', () => {
    const issues = checkApp(chartOf({ ...GUARDED, clusterScoped: 'omit' }));
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toContain('TARS1016 tars.admissionPolicies');
  });

  test('come before what they are about, the facts included, and have a binding each', () => {
    const names = objectsOf(GUARDED).map(({ object }) => objectName(object));
    const policies = names.filter((name) => name.startsWith('ValidatingAdmissionPolicy/'));
    expect(policies).toHaveLength(13);
    expect(names.slice(0, 28)).toEqual([
      'Namespace/tars',
      ...policies,
      ...policies.map((name) => name.replace('Policy/', 'PolicyBinding/')),
      'ConfigMap/tars-admission-facts',
    ]);
  });

  test('systems of one name in two namespaces do not meet', () => {
    const names = (namespace: string): string[] =>
      objectsOf({ ...GUARDED, namespace }).flatMap(({ object }) =>
        object['kind'] === 'ValidatingAdmissionPolicy' ? [objectName(object)] : [],
      );
    expect(names('one').filter((name) => names('two').includes(name))).toEqual([]);
  });

  test('every refusal names a code and a remedy', () => {
    const policies = objectsOf(GUARDED).filter(({ object }) => object['kind'] === 'ValidatingAdmissionPolicy');
    const text = Yaml.stringify(...policies.map(({ object }) => object));
    const messages = [...text.matchAll(/^ +message: (.*)$/gm)].map(([, message]) => message ?? '');
    expect(messages.length).toBeGreaterThan(20);
    for (const message of messages) expect(message).toMatch(/^["']?TARS66\d\d: .+; .+/);
  });

  test('the facts are those of the model', () => {
    const facts = objectsOf(GUARDED).find(({ object }) => objectName(object) === 'ConfigMap/tars-admission-facts');
    const data = textsOf(facts?.object['data']);
    expect(data).toMatchObject({
      'min.tars-backend': '3',
      'max.tars-backend': '10',
      'opens.tars-backend': 'ingress',
      'opens.tars-backend-egress': 'egress',
      'dns.tars-frontend-egress': '53',
      'closed.tars-default-deny': 'true',
      'closes.tars-default-deny': 'Ingress Egress',
      'closes.tars-backend': 'Ingress',
      'closes.tars-backend-egress': 'Egress',
    });
    expect(data['neverLiteral']?.split(' ')).toEqual(expect.arrayContaining(['PGPASSWORD', 'REDIS_PASSWORD']));
    expect(data['opens.tars-postgres']).toBeUndefined();
  });

  test('a user can patch them', () => {
    const app = new App();
    const chart = new TarsChart(app, 'tars', GUARDED);
    const found = chart.node.findAll().find((one) => one.node.id === 'binding-pods');
    (found as unknown as { addJsonPatch: (patch: JsonPatch) => void }).addJsonPatch(
      JsonPatch.replace('/spec/validationActions', ['Warn']),
    );
    expect(Yaml.stringify(...chart.toJson())).toContain('- Warn');
  });
});
