import type { Certificate } from '../certificate';
import type { Fault, Found } from '../finding';
import { isOurs, ofKind, titleOf } from '../live';
import { distinct } from '../text';

/** A certificate that clients do not accept. */
export const certificate: Fault = {
  code: 'TARS7316',
  title: 'a certificate that is expired, not yet valid, of other names, or missing',
  why: 'Browsers and clients refuse the connection before anything of the system is asked.',
  kubernetes: (snapshot) => {
    const entries = ofKind(snapshot.objects, 'Ingress')
      .filter(isOurs)
      .flatMap((ingress) =>
        (ingress.spec.tls ?? []).map(({ secretName, hosts = [] }) => ({
          ingress: titleOf(ingress),
          secretName,
          hosts,
        })),
      );
    return distinct(entries.map(({ secretName }) => secretName)).flatMap((name): Found[] => {
      const users = entries.filter(({ secretName }) => secretName === name);
      const affected = users.map(({ ingress }) => ingress);
      const { secrets } = snapshot;
      const at = `kubectl -n ${snapshot.namespace}`;
      const isMissing = secrets !== undefined && !(name in secrets);
      const remedies = [
        ...(isMissing ? [] : ['# one of your own: delete the Secret, and make it anew', `${at} delete secret ${name}`]),
        `${at} create secret tls ${name} --cert=tls.crt --key=tls.key`,
        '# with cert-manager, see what it waits for:',
        `${at} get certificate,certificaterequest`,
        '# with tls.selfSigned in main.ts: remove secrets/tls, then',
        'tars secrets init',
        'tars synth',
        `kubectl apply -f ${snapshot.manifests}`,
      ];
      if (isMissing) {
        return [
          {
            object: `Secret/${name}`,
            rank: 'apart',
            components: [],
            affected,
            message: 'the certificate of the Ingress does not exist',
            evidence: distinct(affected.map((ingress) => `${ingress} names it`)),
            cause: 'nobody has made it: it is up to you, or to cert-manager, as main.ts says with tls',
            remedies,
          },
        ];
      }
      const hosts = distinct(users.flatMap((user) => user.hosts));
      return snapshot.certificates
        .filter(({ object }) => object === `Secret/${name}`)
        .flatMap((one) => wrong(one, hosts, snapshot.now))
        .map((one) => ({ ...one, affected, remedies }));
    });
  },
  compose: ({ certificates, now, file }) =>
    certificates
      .flatMap((one) => wrong(one, [], now))
      .map((one) => ({
        ...one,
        affected: ['service/gateway'],
        remedies: [`rm ${one.object}`, 'tars secrets init', `docker compose -f ${file} up -d --force-recreate gateway`],
      })),
};

function wrong({ object, notBefore, notAfter, hosts }: Certificate, wanted: readonly string[], now: number): Found[] {
  const uncovered = wanted.filter((host) => !hosts.some((name) => covers(name, host)));
  const of = { object, rank: 'apart' as const, components: [], remedies: [] };
  const evidence = [`valid from ${day(notBefore)} to ${day(notAfter)}, for ${hosts.join(', ') || 'no name'}`];
  if (now > notAfter) {
    return [
      { ...of, evidence, message: `the certificate has expired on ${day(notAfter)}`, cause: 'nobody has renewed it' },
    ];
  }
  if (now < notBefore) {
    const cause = 'its first day is in the future, or the clock of this machine is wrong';
    return [{ ...of, evidence, message: `the certificate is not valid before ${day(notBefore)}`, cause }];
  }
  if (uncovered.length > 0) {
    const message = `the certificate is not for ${uncovered.join(', ')}`;
    return [{ ...of, evidence, message, cause: 'it was made for other names' }];
  }
  return [];
}

/** `*.tars.local` is for `api.tars.local`, and for nothing deeper. */
function covers(name: string, host: string): boolean {
  if (!name.startsWith('*.')) return name === host;
  return host.endsWith(name.slice(1)) && !host.slice(0, -name.length + 1).includes('.');
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
