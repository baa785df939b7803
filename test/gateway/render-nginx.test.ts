import { renderNginx } from '../../lib/gateway/render-nginx';
import type { ReplicaBalancing } from '../../lib/model/balancing';
import type { ExposureSpec } from '../../lib/model/exposure';
import type { ServiceProps } from '../../lib/model/service-props';
import type { SystemSketch } from '../support/builders';
import { anEndpoint, anExposure, anExternal, aRoute, aSystem } from '../support/builders';
import type { NginxDirective } from '../support/nginx-parser';
import { named, parseNginx, valueOf } from '../support/nginx-parser';
import { tarsModel } from '../support/tars-model';

const WEB: ServiceProps = { name: 'web', ports: [{ name: 'http', port: 80 }] };
const API: ServiceProps = {
  name: 'api',
  composeName: 'backend',
  ports: [
    { name: 'http', port: 8000, publish: 8000, publishVia: 'gateway' },
    { name: 'websocket', port: 8001, publish: 9001, publishVia: 'gateway' },
  ],
};

function http(sketch: SystemSketch): readonly NginxDirective[] {
  return named(parseNginx(renderNginx(aSystem(sketch)) ?? ''), 'http')[0]?.block ?? [];
}

function servers(sketch: SystemSketch): (readonly NginxDirective[])[] {
  return named(http(sketch), 'server').map((one) => one.block ?? []);
}

/** Locations of the server of one host: path → where it goes. */
function locations(exposure: Partial<ExposureSpec>, host = 'tars.local'): Record<string, string | undefined> {
  const server = servers({ services: [WEB, API], exposures: [anExposure(exposure)] }).find(
    (one) => valueOf(one, 'server_name') === host,
  );
  return Object.fromEntries(
    locationsIn(server ?? []).map(({ args, block }) => [args.join(' '), valueOf(block ?? [], 'proxy_pass')]),
  );
}

/** Those that requests are led to; not those that only ask once more. */
function locationsIn(server: readonly NginxDirective[]): readonly NginxDirective[] {
  return named(server, 'location').filter(({ args }) => args[0]?.startsWith('@') === false);
}

describe('renderNginx', () => {
  test('nothing to do: no configuration', () => {
    expect(renderNginx(aSystem({ services: [WEB] }))).toBeUndefined();
  });

  test('writes to /tmp and its own streams only, and stays in the foreground', () => {
    const text = renderNginx(tarsModel()) ?? '';
    const top = parseNginx(text);
    expect(valueOf(top, 'daemon')).toBe('off');
    expect(valueOf(top, 'pid')).toBe('/tmp/nginx.pid');
    expect(valueOf(top, 'error_log')).toBe('stderr warn');
    const inside = named(top, 'http')[0]?.block ?? [];
    expect(valueOf(inside, 'access_log')).toBe('/dev/stdout json');
    const paths = inside.filter(({ name }) => name.endsWith('_temp_path')).map(({ args }) => args[0]);
    expect(paths).toEqual(['/tmp/client_body', '/tmp/proxy', '/tmp/fastcgi', '/tmp/uwsgi', '/tmp/scgi']);
  });

  test.each<[NonNullable<ServiceProps['access']>['balancing'], string | undefined]>([
    [undefined, 'least_conn'],
    ['least-connections', 'least_conn'],
    // The default of nginx.
    ['round-robin', undefined],
    ['random', 'random'],
    ['ip-hash', 'ip_hash'],
  ])('chooses replicas by %s: %s', (balancing, method) => {
    const access = balancing === undefined ? {} : { access: { balancing } };
    const upstreams = named(http({ services: [{ ...API, ...access }] }), 'upstream');
    expect(upstreams).toHaveLength(2);
    for (const { block } of upstreams) {
      const names = (block ?? []).map(({ name }) => name);
      expect(names).toEqual(['zone', ...(method === undefined ? [] : [method]), 'server', 'keepalive']);
    }
  });

  test.each<[ReplicaBalancing | undefined, ReplicaBalancing | undefined, string]>([
    ['random', undefined, 'random'],
    // The rules refuse two that differ; here the service has the last word.
    ['random', 'ip-hash', 'ip_hash'],
    [undefined, 'ip-hash', 'ip_hash'],
  ])('an exposure says %s, the service %s: %s', (exposed, own, method) => {
    const access = own === undefined ? {} : { access: { balancing: own } };
    const inside = http({ services: [{ ...WEB, ...access }], exposures: [anExposure({ balancing: exposed })] });
    const [first] = named(inside, 'upstream');
    expect((first?.block ?? []).map(({ name }) => name)).toContain(method);
  });

  test('finds replicas while it runs: names are resolved again and again, in shared memory', () => {
    const inside = http({ services: [API] });
    expect(valueOf(inside, 'resolver')).toBe('127.0.0.11 valid=5s ipv6=off');
    for (const { args, block } of named(inside, 'upstream')) {
      expect(valueOf(block ?? [], 'zone')).toBe(`${args[0] ?? ''} 64k`);
      expect(valueOf(block ?? [], 'least_conn')).toBe('');
    }
    expect(named(inside, 'upstream').map(({ args, block }) => [args[0], valueOf(block ?? [], 'server')])).toEqual([
      ['backend_8000', 'backend:8000 resolve max_fails=1 fail_timeout=10s'],
      ['backend_8001', 'backend:8001 resolve max_fails=1 fail_timeout=10s'],
    ]);
  });

  test('leaves a replica that refused alone for longer than its address is known after its end', () => {
    const inside = http({ services: [API] });
    const seconds = (text: string | undefined, name: string): number =>
      Number(new RegExp(`${name}=(\\d+)s`).exec(text ?? '')?.[1]);
    const known = seconds(valueOf(inside, 'resolver'), 'valid');
    for (const { block } of named(inside, 'upstream')) {
      expect(seconds(valueOf(block ?? [], 'server'), 'fail_timeout')).toBeGreaterThan(known);
    }
    expect(valueOf(inside, 'proxy_connect_timeout')).toBe('1s');
  });

  test('passes on who asked, and upgrades to WebSocket', () => {
    const inside = http({ services: [API] });
    const headers = Object.fromEntries(
      named(inside, 'proxy_set_header').map(({ args }): [string, string] => [args[0] ?? '', args[1] ?? '']),
    );
    expect(headers).toEqual({
      Host: '$http_host',
      Upgrade: '$http_upgrade',
      Connection: '$connection_upgrade',
      'X-Real-IP': '$remote_addr',
      'X-Forwarded-For': '$proxy_add_x_forwarded_for',
      'X-Forwarded-Host': '$http_host',
      'X-Forwarded-Port': '$server_port',
      'X-Forwarded-Proto': '$forwarded_proto',
    });
    expect(valueOf(inside, 'proxy_http_version')).toBe('1.1');
    expect(valueOf(inside, 'server_tokens')).toBe('off');
    expect(valueOf(inside, 'server_names_hash_bucket_size')).toBe('512');
    expect(valueOf(inside, 'client_max_body_size')).toBe('64m');
    const upgrade = named(inside, 'map').find(({ args }) => args[1] === '$connection_upgrade');
    expect(upgrade?.block).toEqual([
      { name: 'default', args: ['upgrade'], block: undefined },
      { name: '', args: [''], block: undefined },
    ]);
  });

  test('publishes ports as they are, answers not gathered, quiet connections kept', () => {
    const [, ...forwards] = servers({ services: [API] });
    expect(forwards.map((server) => [valueOf(server, 'listen'), locationsIn(server)])).toEqual(
      [
        ['8000', 'backend_8000'],
        ['9001', 'backend_8001'],
      ].map(([port, upstream]) => [
        port,
        [
          {
            name: 'location',
            args: ['/'],
            block: [
              { name: 'proxy_pass', args: [`http://${upstream ?? ''}`], block: undefined },
              { name: 'proxy_read_timeout', args: ['3600s'], block: undefined },
              { name: 'proxy_send_timeout', args: ['3600s'], block: undefined },
              { name: 'proxy_buffering', args: ['off'], block: undefined },
              {
                name: 'error_page',
                args: ['502', '504', '=', `@again_${upstream ?? ''}_3600s_streaming`],
                block: undefined,
              },
            ],
          },
        ],
      ]),
    );
  });

  test('who was led to nobody is led once more, in the same way; locations that do the same share it', () => {
    const api = anEndpoint('api');
    const routes = [
      aRoute(),
      aRoute({ path: '/api', endpoint: api }),
      aRoute({ path: '/v2', endpoint: api }),
      aRoute({ path: '/stream', endpoint: api, streaming: true }),
    ];
    for (const server of servers({ services: [WEB, API], exposures: [anExposure({ routes })] })) {
      const again = named(server, 'location').filter(({ args }) => args[0]?.startsWith('@') === true);
      const wanted = new Map<string, readonly NginxDirective[]>();
      for (const { block = [] } of locationsIn(server)) {
        const [page] = named(block, 'error_page');
        if (page !== undefined) wanted.set(page.args.at(-1) ?? '', block.slice(0, -1));
      }
      expect(again.map(({ args, block = [] }) => [args[0], block.slice(2)])).toEqual([...wanted]);
      for (const { block = [] } of again) expect(block.slice(0, 2).map(({ name }) => name)).toEqual(['if', 'if']);
    }
  });

  test('a published port waits as long as the longest route to its service', () => {
    const exposures = [
      anExposure({ routes: [aRoute({ endpoint: anEndpoint('api', 'websocket'), timeoutSeconds: 7200 })] }),
    ];
    const forward = servers({ services: [API], exposures }).find((server) => valueOf(server, 'listen') === '8000');
    expect(valueOf(named(forward ?? [], 'location')[0]?.block ?? [], 'proxy_read_timeout')).toBe('7200s');
  });

  test('asks after itself on the loopback address alone', () => {
    const [health] = servers({ services: [API] });
    expect(valueOf(health ?? [], 'listen')).toBe('127.0.0.1:8099');
    expect(named(health ?? [], 'location')[0]?.block).toEqual([
      { name: 'return', args: ['200', 'ok\n'], block: undefined },
    ]);
  });
});

describe('routes', () => {
  const api = anEndpoint('api');

  test.each<[string, Partial<ExposureSpec>, Record<string, string>]>([
    ['all of a host', {}, { '/': 'http://web_80' }],
    [
      'a path is itself and what is below it',
      { routes: [aRoute({ path: '/api', endpoint: api })] },
      { '= /api': 'http://backend_8000', '/api/': 'http://backend_8000' },
    ],
    [
      'a slash at its end changes nothing',
      { routes: [aRoute({ path: '/api/', endpoint: api })] },
      { '= /api': 'http://backend_8000', '/api/': 'http://backend_8000' },
    ],
    [
      'a route to nothing is left to the rules',
      { routes: [aRoute(), aRoute({ path: '/x', endpoint: anEndpoint('x') })] },
      { '/': 'http://web_80' },
    ],
    [
      'characters of the syntax',
      { routes: [aRoute({ path: '/a b;{"$' })] },
      { '= /a b;{"$': 'http://web_80', '/a b;{"$/': 'http://web_80' },
    ],
  ])('%s', (_, exposure, expected) => {
    expect(locations(exposure)).toEqual(expected);
  });

  test.each([
    ['the usual', {}, { read: '60s', buffering: undefined }],
    ['a time-out', { timeoutSeconds: 900 }, { read: '900s', buffering: undefined }],
    ['streaming', { streaming: true }, { read: '60s', buffering: 'off' }],
  ])('%s', (_, route, expected) => {
    const exposures = [anExposure({ routes: [aRoute(route)] })];
    const server = servers({ services: [WEB], exposures }).find((one) => valueOf(one, 'server_name') === 'tars.local');
    const inside = locationsIn(server ?? [])[0]?.block ?? [];
    expect({ read: valueOf(inside, 'proxy_read_timeout'), buffering: valueOf(inside, 'proxy_buffering') }).toEqual(
      expected,
    );
  });

  test('another host gets the list of those there are', () => {
    const exposures = [anExposure({ routes: [aRoute(), aRoute({ host: 'api.tars.local', endpoint: api })] })];
    const last = servers({ services: [WEB, API], exposures }).at(-1) ?? [];
    expect(valueOf(last, 'listen')).toBe('8088 default_server');
    expect(named(last, 'location')[0]?.block?.[0]?.args).toEqual([
      '404',
      'no such host here. These are served:\n  http://tars.local:8088/\n  http://api.tars.local:8088/\n' +
        'They need a line in /etc/hosts: 127.0.0.1 tars.local api.tars.local\n',
    ]);
  });

  test('exposures on one port are served together, those on another apart', () => {
    const exposures = [
      anExposure({ path: 'tars/a' }),
      anExposure({ path: 'tars/b', routes: [aRoute({ path: '/api', endpoint: api })] }),
      anExposure({ path: 'tars/c', composePort: 8090, routes: [aRoute({ host: 'other.local' })] }),
    ];
    const found = servers({ services: [WEB, { ...API, ports: [{ name: 'http', port: 8000 }] }], exposures });
    expect(
      found.map((server) => [valueOf(server, 'listen'), valueOf(server, 'server_name'), locationsIn(server).length]),
    ).toEqual([
      ['127.0.0.1:8099', undefined, 1],
      ['8088', 'tars.local', 3],
      ['8088 default_server', undefined, 1],
      ['8090', 'other.local', 1],
      ['8090 default_server', undefined, 1],
    ]);
  });

  test('a self-signed certificate is served on a port of its own', () => {
    const exposures = [anExposure({ tls: { kind: 'self-signed', secretName: 'x' }, composeTlsPort: 8443 })];
    const tls = servers({ services: [WEB], exposures }).filter((server) =>
      valueOf(server, 'listen')?.startsWith('8443 ssl'),
    );
    expect(tls.map((server) => valueOf(server, 'listen'))).toEqual(['8443 ssl', '8443 ssl default_server']);
    for (const server of tls) {
      expect(valueOf(server, 'ssl_certificate')).toBe('/etc/nginx/tls/tls.crt');
      expect(valueOf(server, 'ssl_certificate_key')).toBe('/etc/nginx/tls/tls.key');
      expect(valueOf(server, 'ssl_protocols')).toBe('TLSv1.2 TLSv1.3');
    }
  });

  test('what is outside is passed on to as Compose sees it', () => {
    const externals = [anExternal({ name: 'out', host: 'api.example.com', ports: [{ name: 'http', number: 8080 }] })];
    const exposures = [anExposure({ routes: [aRoute({ endpoint: anEndpoint('out') })] })];
    const [upstream] = named(http({ externals, exposures }), 'upstream');
    expect(valueOf(upstream?.block ?? [], 'server')).toBe('api.example.com:8080 resolve max_fails=1 fail_timeout=10s');
  });
});

test('the same model gives the same text', () => {
  expect(renderNginx(tarsModel())).toBe(renderNginx(tarsModel()));
});
