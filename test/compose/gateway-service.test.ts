import type { ComposeOutput } from '../../lib/compose/render-compose';
import { renderCompose } from '../../lib/compose/render-compose';
import type { ExposureSpec } from '../../lib/model/exposure';
import type { ServiceProps } from '../../lib/model/service-props';
import type { SystemSketch } from '../support/builders';
import { anEndpoint, anExposure, anExternal, aRoute, aSystem } from '../support/builders';

const WEB: ServiceProps = {
  name: 'web',
  ports: [{ name: 'http', port: 80, publish: 8000, publishVia: 'gateway' }],
  health: { readiness: { command: ['x'] } },
};

function output(sketch: SystemSketch, gatewayConfiguration?: string): ComposeOutput {
  return renderCompose(aSystem(sketch), { gatewayConfiguration });
}

describe('the gateway', () => {
  test('publishes ports for all replicas of a service, which publishes none itself', () => {
    const { file } = output({ services: [WEB] });
    expect(file.services['web']).not.toHaveProperty('ports');
    expect(file.services['web']?.networks).toEqual(['gateway_web']);
    expect(file.services['gateway']).toMatchObject({
      image: 'nginx:1.29.2',
      user: '101:101',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      tmpfs: ['/tmp:size=64m,mode=1777'],
      depends_on: { web: { condition: 'service_healthy' } },
      networks: ['gateway-published', 'gateway_web'],
      ports: [{ target: 8000, published: '8000', host_ip: '127.0.0.1', protocol: 'tcp' }],
      restart: 'unless-stopped',
    });
    expect(file.services['gateway']).not.toHaveProperty('profiles');
  });

  test('is not there when nobody needs it', () => {
    expect(output({ services: [{ name: 'web' }] }).file.services).not.toHaveProperty('gateway');
  });

  test('serves exposures on their port, and on the one with TLS where the certificate is our own', () => {
    const exposure = (more: Partial<ExposureSpec>): ComposeOutput =>
      output({ services: [{ ...WEB, ports: [{ name: 'http', port: 80 }] }], exposures: [anExposure(more)] });
    const ports = (more: Partial<ExposureSpec>): unknown =>
      exposure(more).file.services['gateway']?.ports?.map((port) => port.published);
    const tls = { kind: 'self-signed', secretName: 'x' } as const;
    expect(ports({})).toEqual(['8088']);
    expect(ports({ composeTlsPort: 8443 })).toEqual(['8088']);
    expect(ports({ composeTlsPort: 8443, tls: { kind: 'secret', secretName: 'x' } })).toEqual(['8088']);
    expect(ports({ composeTlsPort: 8443, tls })).toEqual(['8088', '8443']);
    expect(exposure({ composeTlsPort: 8443, tls }).file.services['gateway']?.volumes).toMatchObject([
      { source: './gateway/nginx.conf', target: '/etc/nginx/nginx.conf' },
      { source: '../secrets/tls/tls.crt', target: '/etc/nginx/tls/tls.crt' },
      { source: '../secrets/tls/tls.key', target: '/etc/nginx/tls/tls.key' },
    ]);
  });

  test('asks itself at a port that nobody else has', () => {
    const at = (publish: number): string | undefined => {
      const ports = [{ name: 'http', port: 80, publish, publishVia: 'gateway' as const }];
      return output({ services: [{ ...WEB, ports }] }).file.services['gateway']?.healthcheck?.test?.at(-1);
    };
    expect(at(8000)).toBe('http://127.0.0.1:8099/');
    expect(at(8099)).toBe('http://127.0.0.1:8100/');
  });

  test.each([
    ['always on beside one that is', [[], ['x']], undefined],
    ['on with any of their profiles', [['y'], ['x']], ['x', 'y']],
  ])('%s', (_, profiles, expected) => {
    const services = profiles.map(
      (list, index): ServiceProps => ({
        ...WEB,
        name: `web${index}`,
        profiles: list,
        ports: [{ name: 'http', port: 80, publish: 8000 + index, publishVia: 'gateway' }],
      }),
    );
    expect(output({ services }).file.services['gateway']?.profiles).toEqual(expected);
  });

  test('does not need a service whose profile may be off', () => {
    const exposures = [anExposure({ routes: [aRoute(), aRoute({ path: '/x', endpoint: anEndpoint('extra') })] })];
    const extra = { name: 'extra', ports: [{ name: 'http', port: 80 }], profiles: ['x'] };
    expect(output({ services: [WEB, extra], exposures }).file.services['gateway']?.depends_on).toEqual({
      extra: { condition: 'service_started', required: false },
      web: { condition: 'service_healthy' },
    });
  });

  test('reaches what is outside through the network of the internet', () => {
    const externals = [anExternal({ name: 'out', composeHost: 'host.docker.internal' })];
    const exposures = [anExposure({ routes: [aRoute({ endpoint: anEndpoint('out') })] })];
    expect(output({ externals, exposures }).file.services['gateway']).toMatchObject({
      networks: ['gateway-internet'],
      extra_hosts: ['host.docker.internal:host-gateway'],
    });
  });

  test('gets its configuration as a file, and is recreated when that changes', () => {
    const label = (text: string): unknown => output({ services: [WEB] }, text).file.services['gateway']?.labels;
    expect(output({ services: [WEB] }, 'text').files).toEqual([{ path: 'gateway/nginx.conf', content: 'text' }]);
    expect(label('one')).not.toEqual(label('two'));
  });

  test('leaves its name to a service of the user', () => {
    const services: ServiceProps[] = [WEB, { name: 'gateway' }];
    expect(Object.keys(output({ services }).file.services)).toEqual(['compose-gateway', 'gateway', 'web']);
  });
});
