import type { Rule } from './rule';

/** A client that waits for health that nobody checks. */
export const waitsHaveChecks: Rule = {
  name: 'a healthy wait needs a check',
  check: (model) =>
    model.links.flatMap((link) => {
      if (link.said !== 'healthy' || link.target.kind !== 'service' || link.target.spec.health.compose !== undefined)
        return [];
      return [
        {
          code: 'TARS2003' as const,
          severity: 'error' as const,
          path: link.client.path,
          message: `waits until ${link.target.spec.path} is healthy, and nothing checks its health`,
          given: 'waitFor("healthy")',
          allowed: 'waitFor("started"), or a readiness check on the other service',
          remedy: `give ${link.target.spec.path} a health.readiness check, or wait for its start only`,
        },
      ];
    }),
};
