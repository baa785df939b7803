import type { Access, Port, Scale, Stop, Workload } from '../model/service-spec';
import type { Answer, FieldTable } from './answer';
import { answer, needless, notice, rendered } from './answer';
import { JOBS_PROFILE } from './names';
import type { ServiceContext } from './service-context';

type Of<K extends Workload['kind']> = Extract<Workload, { kind: K }>;

/** Answers of the table that fits the kind of workload. */
export function workloadAnswers(workload: Workload, context: ServiceContext): Answer[] {
  switch (workload.kind) {
    case 'deployment':
      return answer(DEPLOYMENT, workload, context);
    case 'stateful-set':
      return answer(STATEFUL_SET, workload, context);
    case 'cron-job':
      return answer(CRON_JOB, workload, context);
  }
}

export const DEPLOYMENT: FieldTable<Of<'deployment'>, ServiceContext> = {
  kind: () => rendered({ restart: 'unless-stopped' }),
  scale: ({ scale }) => scaleAnswers(scale),
  strategy: ({ strategy }) =>
    strategy === 'Recreate'
      ? needless('Compose stops the old container first in any case')
      : notice('replace a container without a pause', 'Compose stops the old container before it starts the new one'),
  maxSurge: () => needless('part of the strategy'),
  maxUnavailable: () => needless('part of the strategy'),
};

export const STATEFUL_SET: FieldTable<Of<'stateful-set'>, ServiceContext> = {
  kind: () => rendered({ restart: 'unless-stopped' }),
  scale: ({ scale }) => scaleAnswers(scale),
};

export const CRON_JOB: FieldTable<Of<'cron-job'>, ServiceContext> = {
  kind: () => rendered({ restart: 'no', profiles: [JOBS_PROFILE] }),
  schedule: (_, { spec }) =>
    notice(
      `run ${spec.path} by its schedule`,
      `Compose has no clock: run it by hand with "docker compose run --rm ${spec.composeName}"`,
    ),
  timeZone: () => needless('part of the schedule'),
};

/** One replica each, so that `docker compose up --scale NAME=3` is the user's to say. */
function scaleAnswers(scale: Scale): Answer {
  if (scale.kind === 'auto') {
    return notice('scale by load', 'one replica runs: start more with "docker compose up -d --scale NAME=3"');
  }
  if (scale.replicas === 0) return rendered({ deploy: { replicas: 0 } });
  if (scale.replicas === 1) return needless('one replica');
  return notice(
    'be asked for several replicas in the file and leave --scale to the user',
    'one replica runs: start more with "docker compose up -d --scale NAME=3"',
  );
}

export const STOP: FieldTable<Stop, ServiceContext> = {
  signal: ({ signal }) => (signal === undefined ? needless("the image's") : rendered({ stop_signal: signal })),
  graceSeconds: ({ graceSeconds }) => rendered({ stop_grace_period: `${graceSeconds}s` }),
  preStopSeconds: () => needless('the name of a container that stops is gone at once'),
};

export const ACCESS: FieldTable<Access, ServiceContext> = {
  kind: () => needless('the name of a service leads to its containers'),
  headlessName: () => needless('the name of a service resolves to every container'),
  sessionAffinity: ({ sessionAffinity }) =>
    sessionAffinity
      ? notice(
          'send the same client to the same replica',
          "the engine's port proxy makes all clients look alike: the gateway takes the least busy replica",
        )
      : needless('not asked for'),
  allowedCidrs: ({ allowedCidrs }, { spec }) =>
    allowedCidrs.length === 0 || spec.ports.every((port) => isLoopback(port.publish?.address))
      ? needless('published on the loopback address only')
      : notice('limit who opens a published port by address', 'publish it on the loopback address, or use a firewall'),
  trafficDistribution: () => needless('one machine'),
  balancing: ({ balancing }) =>
    balancing === 'ip-hash'
      ? notice(
          'choose a replica by the address of the client',
          "the engine's port proxy makes all clients look alike: all of them get one replica",
        )
      : needless("in the gateway's configuration, where there is one"),
};

function isLoopback(address: string | undefined): boolean {
  return address === undefined || address.startsWith('127.') || address === '::1';
}

export const PORT: FieldTable<Port, ServiceContext> = {
  name: () => needless('links are resolved to numbers'),
  number: () => needless('open to whoever shares a network'),
  protocol: () => needless('in the published port'),
  publish: ({ publish, number, protocol }) => {
    if (publish === undefined) return needless('not published');
    // The gateway speaks HTTP, so UDP cannot pass through it.
    if (publish.via === 'gateway' && protocol === 'TCP') return needless('published by the gateway');
    const port = { target: number, published: String(publish.hostPort), host_ip: publish.address };
    return rendered({ ports: [{ ...port, protocol: protocol === 'TCP' ? 'tcp' : 'udp' }] });
  },
  openTo: () => needless('publish says it'),
};
