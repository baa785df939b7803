import { createHash } from 'node:crypto';
import type { Connections, Development, Metrics, Overrides, RunAs, ServiceSpec } from '../model/service-spec';
import type { FieldTable } from './answer';
import { answer, needless, notice, rendered } from './answer';
import { dependencies, extraHosts } from './edges';
import { composeEnvironment, composeText } from './environment';
import { HEALTH } from './health-table';
import { BUILT_IMAGE, REGISTRY_IMAGE } from './image-table';
import { taskName } from './names';
import { GPU, RESOURCES } from './resources-table';
import type { ServiceContext } from './service-context';
import { sourceMounts } from './service-context';
import { CONFIG_FILE, volumeAnswers } from './volume-table';
import { ACCESS, PORT, STOP, workloadAnswers } from './workload-table';

/** What Compose makes of each field of a service. */
export const SERVICE: FieldTable<ServiceSpec, ServiceContext> = {
  path: () => needless('identity in the construct tree'),
  name: (spec) => rendered({ labels: { app: spec.prefix === '' ? spec.name : spec.prefix, component: spec.name } }),
  chart: () => needless('identity in the construct tree'),
  prefix: () => needless('in the labels and in the name of the project'),
  namespace: () => needless('the project keeps its names apart'),
  composeName: () => needless('the key of the service, by which others find it'),
  profiles: (spec) => (spec.profiles.length === 0 ? needless('always on') : rendered({ profiles: spec.profiles })),
  image: (spec, context) =>
    spec.image.kind === 'registry'
      ? answer(REGISTRY_IMAGE, spec.image, context)
      : answer(BUILT_IMAGE, spec.image, context),
  entrypoint: ({ entrypoint }) =>
    entrypoint === undefined ? needless("the image's") : rendered({ entrypoint }),
  command: (spec, { development }) => {
    const command = development?.command ?? spec.command;
    return command === undefined ? needless("the image's") : rendered({ command });
  },
  env: (spec, context) => {
    const environment = composeEnvironment(context, [...spec.env, ...(context.development?.env ?? [])]);
    return Object.keys(environment).length === 0 ? needless('none') : rendered({ environment });
  },
  configMapName: () => needless('plain variables stand in the service'),
  files: (spec, context) => [
    ...spec.files.flatMap((file) => answer(CONFIG_FILE, file, context)),
    ...(spec.files.length === 0 ? [] : [rendered({ labels: { [CHECKSUM_LABEL]: filesChecksum(context) } })]),
  ],
  ports: (spec, context) => spec.ports.flatMap((port) => answer(PORT, port, context)),
  health: (spec, context) => answer(HEALTH, spec.health, context),
  resources: (spec, context) =>
    answer(RESOURCES, spec.resources, {
      ...context,
      name: spec.composeName,
      developmentLimitMiB: context.development?.memoryLimitMiB,
    }),
  volumes: (spec, context) => volumeAnswers(spec.volumes, context),
  runAs: (spec, context) => answer(RUN_AS, spec.runAs, context),
  workload: (spec, context) => workloadAnswers(spec.workload, context),
  stop: (spec, context) => answer(STOP, spec.stop, context),
  access: (spec, context) => answer(ACCESS, spec.access, context),
  links: (spec, { client }) => {
    const blocking = spec.tasks.filter((task) => task.blocksStart).map((task) => taskName(spec, task));
    const hosts = extraHosts(client);
    const fragment = rendered({
      depends_on: {
        ...dependencies(client),
        ...Object.fromEntries(blocking.map((name) => [name, { condition: 'service_completed_successfully' }])),
      },
      ...(hosts === undefined ? {} : { extra_hosts: hosts }),
    });
    return [fragment, ...(client.edges.length === 0 ? [] : [BOTH_WAYS]), ...(client.outside.length === 0 ? [] : [ANY_ADDRESS])];
  },
  internet: (_, { networks }) => rendered(networks.length === 0 ? { network_mode: 'none' } : { networks }),
  metrics: (spec, context) => (spec.metrics === undefined ? needless('none') : answer(METRICS, spec.metrics, context)),
  tasks: () => needless('services of their own'),
  development: (_, context) =>
    context.development === undefined ? needless('none') : answer(DEVELOPMENT, context.development, context),
  gpu: (spec, context) => (spec.gpu === undefined ? needless('none') : answer(GPU, spec.gpu, context)),
  peers: () => needless('who is not of this system is not on its networks'),
  connections: (spec, context) => answer(CONNECTIONS, spec.connections, context),
  overrides: (spec, context) => answer(OVERRIDES, spec.overrides, context),
};

const BOTH_WAYS = notice(
  'limit a link to its port and its direction',
  'a client and its server share a network of their own, on which each reaches all ports of the other',
);

const ANY_ADDRESS = notice(
  'limit a link to the addresses of something outside',
  'a container that reaches one address outside reaches all of them',
);

export const RUN_AS: FieldTable<RunAs, ServiceContext> = {
  uid: () => needless('composeUser'),
  gid: () => needless('composeUser'),
  readOnlyRoot: (runAs) =>
    rendered({
      ...(runAs.readOnlyRoot ? { read_only: true } : {}),
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    }),
  composeUser: (runAs) => rendered({ user: runAs.composeUser }),
  httpClient: () => needless('in the health check'),
};

export const METRICS: FieldTable<Metrics, ServiceContext> = {
  port: () => needless("in the scraper's configuration"),
  path: () => needless("in the scraper's configuration"),
};

export const DEVELOPMENT: FieldTable<Development, ServiceContext> = {
  target: () => needless('in the build'),
  command: () => needless('in the command'),
  env: () => needless('in the environment'),
  sources: (development, context) =>
    development.sources.length === 0 ? needless('none') : rendered({ volumes: sourceMounts(context) }),
  memoryLimitMiB: () => needless('in the limits'),
};

export const CONNECTIONS: FieldTable<Connections, ServiceContext> = {
  opensPerReplica: () => needless('a proof about replicas'),
  to: () => needless('a proof about replicas'),
  admits: () => needless('a proof about replicas'),
};

export const OVERRIDES: FieldTable<Overrides, ServiceContext> = {
  kubernetes: () => needless('for the other target'),
  compose: () => needless('merged when everything else is written'),
};

/** Compose recreates a container when its definition changes, but not when a mounted file does. */
export const CHECKSUM_LABEL = 'cdk8s-tars/config-checksum';

function filesChecksum({ model, spec }: ServiceContext): string {
  return checksum(spec.files.map((file) => `${file.path}\0${composeText(model, file.content)}`).join('\0'));
}

/** A short checksum of a text. */
export function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
