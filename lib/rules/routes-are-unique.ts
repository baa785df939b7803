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
    return routes.flatMap((route, index) => {
      const first = routes.findIndex((r) => r.key === route.key);
      if (first === index) return [];
      return [
        {
          code: 'TARS2009' as const,
          severity: 'error' as const,
          path: route.path,
          message: `the route repeats ${routes[first]?.path ?? ''}`,
          given: route.shown,
          allowed: 'each path of a host once',
          remedy: 'remove one of them',
        },
      ];
    });
  },
};
