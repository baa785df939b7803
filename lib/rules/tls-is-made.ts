import type { Rule } from './rule';

/** A certificate that the output names and nobody makes (decision D16). */
export const tlsIsMade: Rule = {
  name: 'certificates are made by somebody',
  check: (model) =>
    model.exposures.flatMap((exposure) => {
      if (exposure.tls?.kind !== 'secret') return [];
      return [
        {
          code: 'TARS3002' as const,
          severity: 'warning' as const,
          path: `${exposure.path}.tls`,
          message: `the TLS Secret "${exposure.tls.secretName}" has to exist before browsers trust the hosts`,
          given: 'an existing Secret by name',
          allowed: 'tls.issuer (cert-manager), tls.secretName (yours), tls.selfSigned (a development CA)',
          remedy: `kubectl -n ${exposure.namespace ?? 'default'} create secret tls ${exposure.tls.secretName} --cert=… --key=…, or choose one of the others`,
        },
      ];
    }),
};
