import { firstOfEach } from '../model/lookup';
import type { Rule } from './rule';

/** One path of one host that leads to two places. */
export const routesAreUnique: Rule = {
  name: 'routes are said once',
  check: (model) => {
    const routes = model.exposures.flatMap((e) =>
      e.routes.map((r, i) => ({
        key: `${e.kind} ${r.host}${r.path}`,
        path: `${e.path}.routes[${i}]`,
        shown: `${r.host}${r.path}`,
      })),
    );
    const firsts = firstOfEach(routes, ({ key }) => key);
    return routes.flatMap((route) => {
      const first = firsts.get(route.key);
      if (first === undefined || first === route) return [];
      return [
        {
          code: 'TARS2009' as const,
          severity: 'error' as const,
          path: route.path,
          message: `the route repeats ${first.path}`,
          given: route.shown,
          allowed: 'each path of a host once',
          remedy: 'remove one of them',
        },
      ];
    });
  },
};
