import { checkCommand } from '../model/check-command';
import type { Build, RunAs, ServiceSpec } from '../model/service-spec';
import { execForm, run } from './dockerfile';

/** Where the application lies in every image that we build. */
export const APP_DIRECTORY = '/app';

/** Used where the service has no check of its own for Compose. */
const USUAL = { intervalSeconds: 30, timeoutSeconds: 5, startPeriodSeconds: 60, retries: 3 } as const;

/** HEALTHCHECK of the image, for those who run it by `docker run`; Compose and Kubernetes have their own. */
export function healthCheck(spec: ServiceSpec, build: Build, client: RunAs['httpClient']): string {
  const probe = spec.health.compose;
  const timeoutSeconds = probe?.timeoutSeconds ?? USUAL.timeoutSeconds;
  const portNumber = (name: string): number | undefined => spec.ports.find((port) => port.name === name)?.number;
  const command = checkCommand(build.healthCheck, client, portNumber, timeoutSeconds);
  if (command === undefined) return 'HEALTHCHECK NONE';
  const times = [
    `--interval=${probe?.periodSeconds ?? USUAL.intervalSeconds}s`,
    `--timeout=${timeoutSeconds}s`,
    `--start-period=${USUAL.startPeriodSeconds}s`,
    `--retries=${probe?.failureThreshold ?? USUAL.retries}`,
  ];
  return `HEALTHCHECK ${times.join(' ')} \\\n    CMD ${execForm(command)}`;
}

/** EXPOSE of the image's ports; none: no line. */
export function expose(build: Build): string[] {
  return build.expose.length === 0 ? [] : [`EXPOSE ${build.expose.join(' ')}`];
}

/** A user of one's own and the directories that belong to it. */
export function userAndDirectories({ user, directories }: Build, existing?: { name: string; uid: number }): string[] {
  const known = existing?.name === user.name && existing.uid === user.uid;
  const commands = [
    ...(!known && existing?.uid === user.uid ? [`userdel --remove ${existing.name}`] : []),
    ...(known
      ? []
      : [
          `groupadd --gid ${user.gid} ${user.name}`,
          `useradd --uid ${user.uid} --gid ${user.gid} --home-dir ${APP_DIRECTORY} --no-create-home --shell /usr/sbin/nologin ${user.name}`,
        ]),
    ...(directories.length === 0 ? [] : [`install -d -o ${user.uid} -g ${user.gid} ${directories.map(shellWord).join(' ')}`]),
  ];
  return commands.length === 0 ? [] : [run(commands)];
}

/** By number: a kubelet refuses names under runAsNonRoot. */
export function userLine({ user }: Build): string {
  return `USER ${user.uid}:${user.gid}`;
}

function shellWord(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
