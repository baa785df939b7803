import { renderCompose } from '../../lib/compose/render-compose';
import type { SystemModel } from '../../lib/model/system-model';
import { anEndpoint, anExposure, anExternal, aSystem } from '../support/builders';
import { composeSchema } from '../support/compose-schema';
import { tarsModel } from '../support/tars-model';

const errors = composeSchema();

const MODELS: readonly (readonly [string, SystemModel])[] = [
  ['the TARS stack', tarsModel()],
  ['the TARS stack for production', tarsModel({ environment: 'production' })],
  ['nothing', aSystem()],
  [
    'everything else',
    aSystem({
      services: [
        { name: 'job', workload: 'cron-job', schedule: '@daily' },
        {
          name: 'gpu',
          gpu: { count: 1 },
          replicas: 0,
          ports: [
            { name: 'http', port: 80, publish: 8000, publishVia: 'gateway' },
            { name: 'dns', port: 53, protocol: 'UDP', publish: 5353 },
          ],
          connectTo: [anEndpoint('outside')],
          tasks: [{ name: 'stay', command: ['x'] }],
          volumes: [{ name: 'shm', mountPath: '/dev/shm', kind: 'memory' }],
        },
      ],
      externals: [anExternal({ composeHost: 'host.docker.internal' })],
      exposures: [
        anExposure({
          routes: [{ host: 'x.local', path: '/', endpoint: anEndpoint('gpu'), timeoutSeconds: 5, streaming: true }],
          tls: { kind: 'self-signed', secretName: 'x' },
          composeTlsPort: 8443,
        }),
      ],
    }),
  ],
];

describe('the schema of the Compose specification', () => {
  test.each(MODELS)('takes %s', (_, model) => {
    const { file, development } = renderCompose(model, { gatewayConfiguration: '' });
    expect(errors(file)).toEqual([]);
    expect(errors(development)).toEqual([]);
  });

  test('would refuse what it does not know', () => {
    expect(errors({ services: { web: { imagee: 'x' } } })).not.toEqual([]);
  });
});
