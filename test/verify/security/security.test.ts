import type { EmittedCompose, JsonObject } from '../../../lib/verify/emitted';
import { podSecurityViolations } from '../../../lib/verify/security/pod-security/levels';
import { looksSecret, secretIn } from '../../../lib/verify/security/secret-words';
import { securityIssues } from '../../../lib/verify/security/security';

const RESTRICTED: JsonObject = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [{ name: 'a', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
};

function ids(spec: JsonObject, level: 'baseline' | 'restricted', minor = 25): string[] {
  return podSecurityViolations(spec, {}, level, minor).map(({ id }) => id);
}

describe('Pod Security', () => {
  test.each<[string, JsonObject, string[]]>([
    ['what is restricted', RESTRICTED, []],
    [
      'a pod that says nothing',
      { containers: [{ name: 'a' }] },
      ['allowPrivilegeEscalation', 'capabilities_restricted', 'runAsNonRoot', 'seccompProfile_restricted'],
    ],
    [
      'a volume of the host',
      { ...RESTRICTED, volumes: [{ name: 'v', hostPath: { path: '/' } }] },
      ['restrictedVolumes'],
    ],
    [
      'ports in the network of the host',
      {
        ...RESTRICTED,
        hostNetwork: true,
        containers: [{ ...(RESTRICTED['containers'] as JsonObject[])[0], ports: [{ containerPort: 80 }] }],
      },
      ['hostNamespaces', 'hostPorts'],
    ],
    [
      'a sysctl',
      {
        ...RESTRICTED,
        securityContext: { ...(RESTRICTED['securityContext'] as JsonObject), sysctls: [{ name: 'kernel.msgmax' }] },
      },
      ['sysctls'],
    ],
  ])('%s', (_, spec, expected) => {
    expect(ids(spec, 'restricted').sort()).toEqual([...expected].sort());
  });

  test('versions of the policy differ', () => {
    const pod = {
      ...RESTRICTED,
      hostUsers: false,
      securityContext: { runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } },
    };
    expect(ids(pod, 'restricted', 34)).toEqual(['runAsNonRoot', 'runAsUser']);
    expect(ids(pod, 'restricted', 35)).toEqual([]);
    const probe = { containers: [{ name: 'a', livenessProbe: { tcpSocket: { port: 80, host: 'x' } } }] };
    expect(ids(probe, 'baseline', 33)).toEqual([]);
    expect(ids(probe, 'baseline', 34)).toEqual(['hostProbesAndHostLifecycle']);
  });
});

describe('secrets in the open', () => {
  test.each([
    ['POSTGRES_PASSWORD', true],
    ['PGPASSWORD', true],
    ['jwtSecretKey', true],
    ['GITHUB_TOKEN', true],
    ['OPENAI_API_KEY', true],
    ['DB_PASS', true],
    ['TOKEN_TTL_SECONDS', false],
    ['PASSWORD_FILE', false],
    ['MAX_TOKENS', false],
    ['API_PORT', false],
    ['KEYCLOAK_URL', false],
    ['PASSENGER_COUNT', false],
  ])('%s looks like a secret: %s', (name, expected) => {
    expect(looksSecret(name)).toBe(expected);
  });

  test.each([
    ['postgresql://tars@db:5432/x', undefined],
    ['postgresql://tars:hunter22@db:5432/x', 'a URL with a password'],
    ['postgresql://tars:$(PGPASSWORD)@db/x', undefined],

    ['redis://:${REDIS_PASSWORD}@cache:6379', undefined],
    ['AKIAIOSFODNN7EXAMPLE', 'a key of AWS'],
    ['plain text with http://x.y/z', undefined],
  ])('%s holds %s', (text, expected) => {
    expect(secretIn(text)).toBe(expected);
  });

  const project = (service: JsonObject): EmittedCompose => ({
    ...{ file: 'compose/docker-compose.yml', system: 'tars', files: {} },
    compose: { services: { a: service } },
  });

  test.each<[string, JsonObject, string[]]>([
    ['a literal in a map', { environment: { DB_PASSWORD: 'x1' } }, ['services.a.environment.DB_PASSWORD']],
    ['a literal in a list', { environment: ['DB_PASSWORD=x1'] }, ['services.a.environment[0]']],
    ['a reference', { environment: { DB_PASSWORD: '${DB_PASSWORD:?}' } }, []],
    ['a command', { command: ['run', '--url=redis://a:b@c'] }, ['services.a.command[1]']],
  ])('on Compose: %s', (_, service, expected) => {
    const issues = securityIssues({ kubernetesVersion: '1.25', manifests: [], compose: [project(service)] });
    expect(issues.map(({ path }) => path)).toEqual(expected.map((path) => `compose/docker-compose.yml ${path}`));
    expect(JSON.stringify(issues)).not.toContain('x1');
  });
});
