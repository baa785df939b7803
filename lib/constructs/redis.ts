import type { Construct } from 'constructs';
import { IMAGES } from '../model/images';
import { parseSizeMiB } from '../model/quantities';
import type { ServiceProps } from '../model/service-props';
import { EnvValue } from '../model/value';
import { passwordKeyOf } from './postgres';
import type { StatefulProps } from './preset';
import { given, readPreset, readyMade, STATEFUL_KEYS, STATEFUL_PATHS } from './preset';
import { Service } from './service';

/** A Redis server. */
export interface RedisProps extends StatefulProps {
  /** Key of the password in the system's Secret. @default `<NAME>_PASSWORD` */
  readonly passwordKey?: string;
  /** What goes when the memory is full. @default "allkeys-lru" */
  readonly evictionPolicy?: 'noeviction' | 'allkeys-lru' | 'allkeys-lfu' | 'volatile-lru' | 'volatile-ttl';
}

const KEYS = { ...STATEFUL_KEYS, passwordKey: true, evictionPolicy: true } as const;
const POLICIES = ['noeviction', 'allkeys-lru', 'allkeys-lfu', 'volatile-lru', 'volatile-ttl'] as const;

/** Redis as a StatefulSet of one replica: with a password, an append-only file and bounded memory. */
export class Redis extends Service {
  /** Key of the password in the system's Secret. */
  public readonly passwordKey: string;

  public constructor(scope: Construct, id: string, props: RedisProps = {}) {
    const passwordKey = props.passwordKey ?? passwordKeyOf(props.name ?? id);
    super(scope, id, redisProps(props, passwordKey), STATEFUL_PATHS);
    this.passwordKey = passwordKey;
    readPreset<RedisProps>(this, props, KEYS, (reader) => reader.oneOf('evictionPolicy', POLICIES));
  }

  /** The password, for a variable of its own beside the URL. */
  public get password(): EnvValue {
    return EnvValue.fromSecret(this.passwordKey);
  }

  /** `redis://host:6379/<database>`, without the password. */
  public url(database = 0): EnvValue {
    return this.endpoint.url({ scheme: 'redis', path: `/${database}` });
  }
}

/**
 * The official image has its protected mode compiled out, so the password is no extra; as an
 * argument everybody on the node could read it, so the wrapper writes it to memory and becomes the
 * server.
 */
function wrapper(maxMemoryMiB: number, evictionPolicy: string): string {
  return [
    `password=$(printf '%s' "$REDIS_PASSWORD" | sed 's/[\\\\"]/\\\\&/g')`,
    'umask 077',
    `printf '%s\\n' \\`,
    `  "requirepass \\"$password\\"" \\`,
    `  'appendonly yes' \\`,
    `  'dir /data' \\`,
    `  'maxmemory ${maxMemoryMiB}mb' \\`,
    `  'maxmemory-policy ${evictionPolicy}' > /run/redis/redis.conf`,
    'exec redis-server /run/redis/redis.conf',
  ].join('\n');
}

function redisProps(props: RedisProps, passwordKey: string): ServiceProps {
  // The data may fill three quarters of the memory: a rewrite of the append-only file needs the rest.
  const memory: unknown = props.resources?.memoryLimit ?? '512Mi';
  const maxMemoryMiB = Math.floor(((parseSizeMiB(String(memory)) ?? 512) * 3) / 4);
  return {
    ...readyMade(props, {
      image: IMAGES.redis,
      resources: { cpuRequest: '100m', cpuLimit: '500m', memoryRequest: '128Mi', memoryLimit: '512Mi' },
    }),
    workload: 'stateful-set',
    entrypoint: ['/bin/sh', '-ec', wrapper(maxMemoryMiB, props.evictionPolicy ?? 'allkeys-lru')],
    env: {
      REDIS_PASSWORD: EnvValue.fromSecret(passwordKey),
      REDISCLI_AUTH: EnvValue.fromSecret(passwordKey),
    },
    ports: [{ name: 'redis', port: 6379, ...given({ publish: props.publish }) }],
    health: {
      startup: { command: ['redis-cli', '-e', 'ping'], periodSeconds: 5, failureThreshold: 60 },
      readiness: { command: ['redis-cli', '-e', 'ping'], periodSeconds: 10 },
      liveness: { tcp: true, periodSeconds: 20 },
    },
    volumes: [
      {
        name: 'data',
        mountPath: '/data',
        size: props.storage ?? '2Gi',
        ...given({ storageClass: props.storageClass }),
      },
      { name: 'run', mountPath: '/run/redis', kind: 'memory', size: '1Mi' },
    ],
    runAs: { uid: 999, gid: 999 },
    stopSignal: 'SIGTERM',
    graceSeconds: 30,
  };
}
