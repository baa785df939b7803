import { CONTRACT, contractFailures } from './contract';
import type { Json, Output } from './output';
import { at, outputOf } from './output';

describe('the contract', () => {
  const output = outputOf();

  it('has a row for each name and number', () => {
    expect(CONTRACT.length).toBeGreaterThan(200);
    expect(new Set(CONTRACT.map((row) => `${row.section} ${row.fact}`)).size).toBe(CONTRACT.length);
  });

  it.each(CONTRACT)('$section $fact', ({ ask, expected }) => {
    expect(ask(output)).toEqual(expected);
  });

  const POD = 'spec.template.spec';
  const removals: readonly [what: string, remove: (copy: Output) => void][] = [
    ['an object', (o) => void delete o.kubernetes['Service/tars-backend-headless']],
    ['a port of a Service', (o) => void (at(o.kubernetes['Service/tars-backend'], 'spec.ports') as unknown[]).pop()],
    [
      'a variable',
      (o) => void delete (o.kubernetes['ConfigMap/tars-config']?.['data'] as Record<string, unknown>)['LOG_FORMAT'],
    ],
    [
      'a probe',
      (o) =>
        void delete (at(o.kubernetes['Deployment/tars-backend'], `${POD}.containers[0]`) as Record<string, unknown>)[
          'readinessProbe'
        ],
    ],
    [
      'a mount',
      (o) =>
        void (at(o.kubernetes['Deployment/tars-backend'], `${POD}.containers[0].volumeMounts`) as unknown[]).shift(),
    ],
    [
      'a label',
      (o) =>
        void delete (at(o.kubernetes['Deployment/tars-backend'], 'metadata.labels') as Record<string, unknown>)[
          'component'
        ],
    ],
    ['a route', (o) => void (at(o.kubernetes['Ingress/tars-ingress'], 'spec.rules') as unknown[]).pop()],
    [
      'a key of the Secret',
      (o) => void delete (o.kubernetes['Secret/tars-secrets']?.['data'] as Record<string, unknown>)['REDIS_PASSWORD'],
    ],
    ['a compose service', (o) => void delete (o.compose['services'] as Record<string, unknown>)['cache']],
    ['a published port', (o) => void (at(o.compose, 'services.gateway.ports') as unknown[]).pop()],
    [
      'a condition',
      (o) => void delete (at(o.compose, 'services.backend.depends_on') as Record<string, unknown>)['ollama'],
    ],
    [
      'a health check',
      (o) => void delete (at(o.compose, 'services.postgres') as Record<string, unknown>)['healthcheck'],
    ],
    [
      'a line of the Dockerfile',
      (o) => void (o.files['docker/Dockerfile'] = (o.files['docker/Dockerfile'] ?? '').replace('USER 1000:1000\n', '')),
    ],
    ['a policy', (o) => void delete o.kubernetes['NetworkPolicy/tars-default-deny']],
  ];

  it.each(removals)('misses %s that is taken out of the output', (_, remove) => {
    const copy = structuredClone(output) as {
      kubernetes: Record<string, Json>;
      compose: Json;
      files: Record<string, string>;
    };
    remove(copy);
    expect(contractFailures(copy)).not.toEqual([]);
    expect(contractFailures(output)).toEqual([]);
  });
});
