import { objectIssues } from '../../../lib/verify/admission/admission';
import { ADMISSION_CHECKS } from '../../../lib/verify/admission/checks';
import type { JsonObject } from '../../../lib/verify/emitted';
import { cidrContains, isAddress } from '../../../lib/verify/admission/cidr';
import { ISSUE_CODES } from '../../../lib/model/issues';
import { SECURITY_CHECKS } from '../../../lib/verify/security/security';

const METADATA = { name: 'x', namespace: 'n' };

function said(object: JsonObject, minor = 37): string[] {
  return objectIssues(object, minor).map(({ code, path }) => `${code} ${path}`);
}

function route(spec: JsonObject): JsonObject {
  return { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: METADATA, spec };
}

describe('one object', () => {
  test.each<[string, JsonObject, string[]]>([
    ['a sound route', route({ rules: [{ backendRefs: [{ name: 'a', port: 80 }] }] }), []],
    [
      'a custom resource with an unknown field',
      route({ rules: [{ backendRef: [] }] }),
      ['TARS6102 HTTPRoute/x.spec.rules[0].backendRef'],
    ],
    [
      'a custom resource with a number out of range',
      route({ rules: [{ backendRefs: [{ name: 'a', port: 0 }] }] }),
      ['TARS6107 HTTPRoute/x.spec.rules[0].backendRefs[0].port'],
    ],
    [
      'a custom resource with a text that does not match',
      route({ hostnames: ['https://x'] }),
      ['TARS6107 HTTPRoute/x.spec.hostnames[0]'],
    ],
    [
      'a custom resource with the wrong value',
      route({ rules: [{ matches: [{ method: 'get' }] }] }),
      ['TARS6106 HTTPRoute/x.spec.rules[0].matches[0].method'],
    ],
    [
      'a custom resource of a version that it has not',
      { apiVersion: 'gateway.networking.k8s.io/v2', kind: 'HTTPRoute', metadata: METADATA },
      ['TARS6101 HTTPRoute/x.apiVersion'],
    ],
    [
      'a custom resource without what it requires',
      { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: METADATA, spec: { secretName: 's' } },
      ['TARS6105 Certificate/x.spec.issuerRef'],
    ],
    ['no name', { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }, ['TARS6108 ConfigMap/(none).metadata.name']],
    [
      'metadata that is a text',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: 'x' },
      ['TARS6104 ConfigMap/(none).metadata', 'TARS6108 ConfigMap/(none).metadata.name'],
    ],
    ['an object of nothing', {}, ['TARS6101 (none)/(none).apiVersion', 'TARS6108 (none)/(none).metadata.name']],
    [
      'a Secret that is not base64',
      { apiVersion: 'v1', kind: 'Secret', metadata: METADATA, data: { a: 'not base64!' } },
      ['TARS6104 Secret/x.data.a'],
    ],
    [
      'a Secret that lacks what its type promises',
      { apiVersion: 'v1', kind: 'Secret', metadata: METADATA, type: 'kubernetes.io/tls', data: { 'tls.crt': '' } },
      ['TARS6125 Secret/x.data["tls.key"]'],
    ],
    [
      'a CronJob that names its time zone in the schedule',
      {
        ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: METADATA },
        spec: {
          schedule: 'TZ=Europe/Berlin 0 3 * * *',
          jobTemplate: {
            spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b:1' }] } } },
          },
        },
      },
      ['TARS6130 CronJob/x.spec.schedule'],
    ],
  ])('%s', (_, object, expected) => {
    expect(said(object).sort()).toEqual([...expected].sort());
  });

  test('a Service that starts with a digit, by version', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: '1st' }, spec: { ports: [{ port: 80 }] } };
    expect(said(service, 35)).toEqual(['TARS6108 Service/1st.metadata.name']);
    expect(said(service, 36)).toEqual([]);
  });

  test.each<[string, string, boolean]>([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.0/8', '10.0.0.0/8', false],
    ['10.0.0.0/8', '11.0.0.0/16', false],
    ['0.0.0.0/0', '::/1', false],
    ['::/0', 'fc00::/7', true],
    ['2001:db8::/32', '2001:db9::/48', false],
  ])('%s contains %s: %s', (outer, inner, expected) => {
    expect(cidrContains(outer, inner)).toBe(expected);
  });

  test.each([
    ['10.0.0.1', true],
    ['::1', true],
    ['10.0.0.1/32', false],
    ['example.org', false],
  ])('%s is an address: %s', (text, expected) => {
    expect(isAddress(text)).toBe(expected);
  });

  test('every check says why and what to do, under a code of its own', () => {
    for (const { code, title, why, remedy } of [...ADMISSION_CHECKS, ...SECURITY_CHECKS]) {
      expect(ISSUE_CODES[code]).toBeDefined();
      expect([title, why, remedy].every((text) => text.length > 10)).toBe(true);
    }
    const codes = new Map<string, string>();
    for (const { code, title } of [...ADMISSION_CHECKS, ...SECURITY_CHECKS]) codes.set(code, title);
    expect(new Set(codes.values()).size).toBe(codes.size);
  });
});
