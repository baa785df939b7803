import type { ServiceSpec, Task } from '../model/service-spec';
import type { Answer, FieldTable, Fragment } from './answer';
import { answer, needless, rendered } from './answer';
import { dependencies } from './edges';
import { composeEnvironment } from './environment';
import { taskName } from './names';
import { RESOURCES } from './resources-table';
import type { ServiceContext } from './service-context';
import { SERVICE } from './service-table';
import { volumeAnswers } from './volume-table';

/**
 * What Compose makes of each field of a task: a service of its own, `<service>-<task>`. The context
 * is the service's, with the task's own connections and networks.
 */
export const TASK: FieldTable<Task, ServiceContext> = {
  name: () => needless('in the key of the service'),
  command: (task) => rendered({ entrypoint: task.staysOnCompose ? [...STAY, ...task.command] : task.command }),
  env: (task, context) => {
    const { spec, development } = context;
    const environment = composeEnvironment(context, [...spec.env, ...(development?.env ?? []), ...task.env]);
    return rendered({ environment });
  },
  blocksStart: () => needless('the service depends on it'),
  internet: (_, { networks }) => rendered(networks.length === 0 ? { network_mode: 'none' } : { networks }),
  volumes: (task, context) => {
    const temporary = context.spec.volumes.filter((volume) => volume.mountPath === '/tmp');
    const named = context.spec.volumes.filter((volume) => task.volumes.includes(volume.name));
    return volumeAnswers([...new Set([...temporary, ...named])], context);
  },
  sharesLinks: (_, { client }) => rendered({ depends_on: dependencies(client) }),
  resources: (task, context) =>
    answer(RESOURCES, task.resources, {
      ...context,
      name: taskName(context.spec, task),
      developmentLimitMiB: undefined,
    }),
  // The check that an image may bring is about its server, which does not run here.
  staysOnCompose: () => rendered({ restart: 'no', init: true, healthcheck: { disable: true } }),
};

/** Fields of the service that hold for its tasks as well. */
const INHERITED = ['name', 'profiles', 'image', 'runAs', 'development'] as const satisfies (keyof ServiceSpec)[];

/** A task's service. */
export function taskAnswers(task: Task, context: ServiceContext): Answer[] {
  const inherited = INHERITED.flatMap((field) => SERVICE[field](context.spec, context));
  return [...inherited.map(withoutBuild), ...answer(TASK, task, context)];
}

/** The service builds the image that both run. */
function withoutBuild(one: Answer): Answer {
  if (one.kind !== 'rendered') return one;
  const { build, ...rest } = one.fragment as Fragment & { build?: unknown };
  return build === undefined ? one : rendered(rest);
}

/**
 * Repeats the work until it succeeds, then stays: `up --wait` takes a container that ends for one
 * that failed. A server without a network is no reason to fail either.
 */
const STAY = [
  '/bin/sh',
  '-c',
  'until "$@"; do echo "that failed: the next try is in 60 seconds" >&2; sleep 60; done; exec sleep 2147483647',
  'sh',
] as const;
