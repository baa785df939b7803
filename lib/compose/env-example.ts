import { planGateway } from '../model/gateway-plan';
import { hostsOf } from '../model/exposure';
import type { SystemContext } from './system-context';
import { startedProfiles } from './names';
import type { SecretVariable } from './variables';
import { cpuVariable } from './variables';

/**
 * Text of `.env.example`: copied to `.env` and filled in, it is all that Compose needs. Secrets
 * that must have a value stand empty, and Compose refuses to start until they are set.
 */
export function environmentExample(context: SystemContext, services: readonly string[]): string {
  const directory = context.model.settings.composeProject;
  const sections = [
    [
      `Settings of the Compose project "${context.project}".`,
      `Copy this file to ${directory}/.env, which is never committed, and fill in what is empty;`,
      'or let "npx tars secrets init" write it with strong values.',
      'A variable of the same name in the shell that calls Compose counts more than this file.',
    ].map(comment),
    profileLines(context),
    ...[...context.secrets.values()].map((secret) => secretLines(secret)),
    portLines(context),
    [
      comment('CPUs that each container may use, e.g. 1.5; 0 or not set: no limit.'),
      comment('More than the machine has is refused by the engine.'),
      ...services.map((name) => comment(`${cpuVariable(context.project, name)}=0`)),
    ],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function comment(text: string): string {
  return `# ${text}`;
}

function profileLines({ model }: SystemContext): string[] {
  const profiles = startedProfiles(model);
  if (profiles.length === 0) return [];
  const members = profiles.map((profile) => {
    const names = model.services.filter((spec) => spec.profiles.includes(profile)).map((spec) => spec.composeName);
    return comment(`  ${profile}: ${names.sort().join(', ')}`);
  });
  return [
    comment('Optional services, all on. Take out what you do not need:'),
    ...members,
    `COMPOSE_PROFILES=${profiles.join(',')}`,
  ];
}

function secretLines(secret: SecretVariable): string[] {
  const source = secret.secretName === undefined ? '' : `, key ${secret.key} of the Secret ${secret.secretName}`;
  return [
    comment(`Read by ${secret.readers.join(', ')}${source}. ${secret.mayBeEmpty ? 'May stay empty.' : 'Needs a value.'}`),
    ...(secret.inUrl ? [comment('It stands in a URL: letters, digits, "-", ".", "_" and "~" only.')] : []),
    `${secret.name}=`,
  ];
}

function portLines({ model }: SystemContext): string[] {
  const plan = planGateway(model);
  const own = model.services.flatMap((spec) =>
    spec.ports.flatMap(({ publish }) =>
      publish === undefined ? [] : [{ port: publish.hostPort, text: `${publish.address}:${publish.hostPort}  ${spec.composeName}` }],
    ),
  );
  const hosts = [...new Set(model.exposures.flatMap(hostsOf))];
  const sites = (plan?.sites ?? []).map(({ port, tls }) => ({
    port,
    text: `127.0.0.1:${port}  ${tls ? 'https' : 'http'} for ${hosts.join(', ')}`,
  }));
  const all = [...own, ...sites].sort((a, b) => a.port - b.port);
  if (all.length === 0) return [];
  return [
    comment('Ports on this machine; they are changed in main.ts ("publish"), not here:'),
    ...all.map(({ text }) => comment(`  ${text}`)),
    ...(hosts.length === 0 ? [] : [comment(`The hosts need a line in /etc/hosts: 127.0.0.1 ${hosts.join(' ')}`)]),
  ];
}
