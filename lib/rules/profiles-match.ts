import type { Rule } from './rule';

/** A service that is always on and waits for one that a profile may switch off. */
export const profilesMatch: Rule = {
  name: 'services that need each other share a profile',
  check: (model) =>
    model.links.flatMap((link) => {
      if (link.target.kind !== 'service' || link.wait === 'none') return [];
      const { client } = link;
      const server = link.target.spec;
      if (server.profiles.length === 0) return [];
      const missing = client.profiles.filter((p) => !server.profiles.includes(p));
      if (client.profiles.length > 0 && missing.length === 0) return [];
      return [
        {
          code: 'TARS2010' as const,
          severity: 'error' as const,
          path: `${client.path}.profiles`,
          message: `${server.path} may be switched off while this service is on`,
          given: client.profiles.length === 0 ? 'no profile: always on' : client.profiles.join(', '),
          allowed: `profiles among: ${server.profiles.join(', ')}`,
          remedy: 'give both the same profiles, or do not wait: endpoint.waitFor("none")',
        },
      ];
    }),
};
