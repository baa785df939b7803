import { firstOfEach } from '../model/lookup';
import type { Rule } from './rule';

/** Two services that Compose would publish at one port of the host. */
export const portsAreFree: Rule = {
  name: 'host ports are published once',
  check: (model) => {
    const published = [
      ...model.services.flatMap((s) =>
        s.ports.flatMap((p, i) =>
          p.publish === undefined
            ? []
            : [{ path: `${s.path}.ports[${i}].publish`, host: p.publish.hostPort, protocol: p.protocol }],
        ),
      ),
      ...model.exposures.flatMap((e) => [
        { path: `${e.path}.composePort`, host: e.composePort, protocol: 'TCP' },
        ...(e.composeTlsPort === undefined
          ? []
          : [{ path: `${e.path}.composeTlsPort`, host: e.composeTlsPort, protocol: 'TCP' }]),
      ]),
    ];
    const portOf = (one: (typeof published)[number]): string => `${one.host}/${one.protocol}`;
    const firsts = firstOfEach(published, portOf);
    return published.flatMap((one) => {
      const first = firsts.get(portOf(one));
      if (first === undefined || first === one) return [];
      return [
        {
          code: 'TARS2004' as const,
          severity: 'error' as const,
          path: one.path,
          message: `the host's port is taken by ${first.path}`,
          given: portOf(one),
          allowed: 'each port of the host once',
          remedy: 'publish it at another port',
        },
      ];
    });
  },
};
