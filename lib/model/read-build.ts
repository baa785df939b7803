import type { IssueCollector } from './issues';
import { show } from './issues';
import { IMAGE_FORMAT, isPinnedImage } from './images';
import { PropsReader } from './props-reader';
import type {
  BuildProps,
  DevelopmentProps,
  NamedTaskProps,
  ResourcesProps,
  ServiceProps,
  TaskProps,
} from './service-props';
import type { Build, Check, Development, Health, Image, Port, RunAs, Task, Volume } from './service-spec';
import { readEnv } from './read-env';
import { isDnsLabel } from './names';
import { checkAbsolute, readResources } from './read-volumes';
import { parseSizeMiB, SIZE_FORMAT } from './quantities';

/** What the image of a service is made from besides its own properties. */
interface ImageContext {
  readonly name: string;
  readonly ports: readonly Port[];
  readonly volumes: readonly Volume[];
  readonly runAs: RunAs;
  readonly health: Health;
}

/** Reads which image a service runs. */
export function readImage(reader: PropsReader<ServiceProps>, context: ImageContext): Image {
  if (reader.has('image') === reader.has('build')) {
    reader.issues.add({
      code: 'TARS1016',
      message: 'a service runs exactly one image',
      given: reader.has('image') ? 'image and build' : 'neither image nor build',
      allowed: 'image (an existing one) or build (one that the project builds)',
      remedy: 'keep one of them',
    });
  }
  if (reader.has('build')) {
    const build = reader.raw('build') as BuildProps;
    return readBuild(new PropsReader<BuildProps>(build, reader.at('build'), BUILD_KEYS), context);
  }
  const reference = reader.string('image', 'invalid:0');
  if (!isPinnedImage(reference)) {
    reader.at('image').add({
      code: 'TARS1008',
      message: 'the image is not pinned: a later pull may bring another one',
      given: show(reference),
      allowed: IMAGE_FORMAT,
      remedy: 'name the exact version that you tested',
    });
  }
  return {
    kind: 'registry',
    reference,
    pullPolicy: reader.oneOf('pullPolicy', ['Always', 'IfNotPresent', 'Never'], 'IfNotPresent'),
  };
}

const BUILD_KEYS = {
  kind: true,
  repository: true,
  context: true,
  dockerfile: true,
  command: true,
  expose: true,
  userName: true,
} as const;

function readBuild(reader: PropsReader<BuildProps>, context: ImageContext): Image {
  const kind = reader.oneOf('kind', ['python', 'node-static'], 'python');
  const repository = reader.requiredString('repository', context.name);
  if (!isPinnedImage(`${repository}:0`)) {
    reader.at('repository').add({
      code: 'TARS1008',
      message: 'not the name of an image',
      given: show(repository),
      allowed: 'lower-case letters, digits, "-", "_", "." and "/", without registry and tag',
      remedy: 'set the registry and the tag by "images" of the chart',
    });
  }
  const build: Build = {
    kind,
    context: reader.requiredString('context', '.'),
    dockerfile: reader.string('dockerfile', `${context.name}.Dockerfile`),
    command: reader.strings('command') ?? (kind === 'python' ? ['python', 'main.py'] : ['node', 'server.mjs']),
    expose: reader.list('expose').length > 0 ? (reader.list('expose') as number[]) : context.ports.map((p) => p.number),
    healthCheck: imageCheck(context),
    user: { name: reader.string('userName', 'app'), uid: context.runAs.uid, gid: context.runAs.gid },
    directories: context.volumes.map((v) => v.mountPath).filter((path) => path !== '/tmp'),
  };
  return { kind: 'build', repository, build };
}

function imageCheck(context: ImageContext): Check {
  return (
    context.health.liveness?.check ??
    context.health.readiness?.check ?? { kind: 'tcp', port: context.ports[0]?.name ?? '' }
  );
}

/** Reads what differs while the code is being worked on. */
export function readDevelopment(props: DevelopmentProps, issues: IssueCollector): Development {
  const reader = new PropsReader<DevelopmentProps>(props, issues, {
    target: true,
    command: true,
    env: true,
    sources: true,
    memoryLimit: true,
  });
  return {
    target: reader.string('target'),
    command: reader.strings('command'),
    env: readEnv(reader.entries('env'), reader.at('env')),
    sources: reader.entries('sources').map(([from, to]) => {
      const path = typeof to === 'string' ? to : '';
      checkAbsolute(reader.at('sources').at(from), path);
      return { from, to: path };
    }),
    memoryLimitMiB: reader.quantity('memoryLimit', parseSizeMiB, SIZE_FORMAT),
  };
}

/** Reads the commands that run to their end: the migration first. */
export function readTasks(reader: PropsReader<ServiceProps>, volumes: readonly Volume[]): Task[] {
  const tasks: Task[] = [];
  if (reader.has('migrate')) {
    const props = reader.raw('migrate') as TaskProps;
    const task = new PropsReader<TaskProps>(props, reader.at('migrate'), { command: true, env: true, resources: true });
    tasks.push({
      name: 'migrate',
      command: task.strings('command') ?? [],
      env: readEnv(task.entries('env'), task.at('env')),
      blocksStart: true,
      internet: false,
      volumes: [],
      sharesLinks: true,
      resources: readResources(task.raw('resources') as ResourcesProps | undefined, task.at('resources')),
      staysOnCompose: false,
    });
  }
  reader.list('tasks').forEach((item, index) => {
    tasks.push(readNamedTask(item as NamedTaskProps, volumes, reader.at('tasks').at(index)));
  });
  return tasks;
}

function readNamedTask(props: NamedTaskProps, volumes: readonly Volume[], issues: IssueCollector): Task {
  const task = new PropsReader<NamedTaskProps>(props, issues, {
    command: true,
    env: true,
    resources: true,
    name: true,
    blocksStart: true,
    internet: true,
    volumes: true,
  });
  const name = task.requiredString('name', 'task');
  if (!isDnsLabel(name, 20)) {
    task.at('name').add({
      code: 'TARS1003',
      message: 'the name of a task is not a short DNS label',
      given: show(name),
      allowed: 'at most 20 lower-case letters, digits and "-"',
      remedy: 'choose another name',
    });
  }
  const mounted = task.strings('volumes') ?? [];
  mounted.forEach((volume, index) => {
    if (volumes.some((v) => v.name === volume)) return;
    task
      .at('volumes')
      .at(index)
      .add({
        code: 'TARS2001',
        message: 'the task mounts a volume that the service does not have',
        given: show(volume),
        allowed: volumes.map((v) => `"${v.name}"`).join(', '),
        remedy: "name one of the service's volumes",
      });
  });
  const blocksStart = task.boolean('blocksStart', false);
  return {
    name,
    command: task.strings('command') ?? [],
    env: readEnv(task.entries('env'), task.at('env')),
    blocksStart,
    internet: task.boolean('internet', false),
    volumes: mounted,
    sharesLinks: false,
    resources: readResources(task.raw('resources') as ResourcesProps | undefined, task.at('resources')),
    staysOnCompose: !blocksStart,
  };
}
