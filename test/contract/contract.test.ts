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
  const removals: readonly [what: string, remove: (copy: Output) => unknown][] = [
    ['an object', (o) => delete o.kubernetes['Service/tars-backend-headless']],
    ['a port of a Service', (o) => (at(o.kubernetes['Service/tars-backend'], 'spec.ports') as unknown[]).pop()],
    [
      'a variable',
      (o) => delete (o.kubernetes['ConfigMap/tars-config']?.['data'] as Record<string, unknown>)['LOG_FORMAT'],
    ],
    [
      'a probe',
      (o) =>
        delete (at(o.kubernetes['Deployment/tars-backend'], `${POD}.containers[0]`) as Record<string, unknown>)[
          'readinessProbe'
        ],
    ],
    [
      'a mount',
      (o) => (at(o.kubernetes['Deployment/tars-backend'], `${POD}.containers[0].volumeMounts`) as unknown[]).shift(),
    ],
    [
      'a label',
      (o) =>
        delete (at(o.kubernetes['Deployment/tars-backend'], 'metadata.labels') as Record<string, unknown>)['component'],
    ],
    ['a route', (o) => (at(o.kubernetes['Ingress/tars-ingress'], 'spec.rules') as unknown[]).pop()],
    [
      'a key of the Secret',
      (o) => delete (o.kubernetes['Secret/tars-secrets']?.['data'] as Record<string, unknown>)['REDIS_PASSWORD'],
    ],
    ['a compose service', (o) => delete (o.compose['services'] as Record<string, unknown>)['cache']],
    ['a published port', (o) => (at(o.compose, 'services.gateway.ports') as unknown[]).pop()],
    ['a condition', (o) => delete (at(o.compose, 'services.backend.depends_on') as Record<string, unknown>)['ollama']],
    ['a health check', (o) => delete (at(o.compose, 'services.postgres') as Record<string, unknown>)['healthcheck']],
    [
      'a line of the Dockerfile',
      (o) => (o.files['docker/Dockerfile'] = (o.files['docker/Dockerfile'] ?? '').replace('USER 1000:1000\n', '')),
    ],
    ['a policy', (o) => delete o.kubernetes['NetworkPolicy/tars-default-deny']],
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
