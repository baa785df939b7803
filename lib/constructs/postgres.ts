import type { Construct } from 'constructs';
import { IMAGES } from '../model/images';
import type { ServiceProps } from '../model/service-props';
import { EnvValue } from '../model/value';
import type { StatefulProps } from './preset';
import { given, readPreset, readyMade, STATEFUL_KEYS, STATEFUL_PATHS } from './preset';
import { Service } from './service';

/** A PostgreSQL server. */
export interface PostgresProps extends StatefulProps {
  /** Name of the database that is made at the first start. @default "app" */
  readonly database?: string;
  /** Name of its owner. @default "app" */
  readonly user?: string;
  /** Key of the password in the system's Secret. @default `<NAME>_PASSWORD` */
  readonly passwordKey?: string;
  /** Connections that the server admits. @default 100 */
  readonly maxConnections?: number;
}

const KEYS = { ...STATEFUL_KEYS, database: true, user: true, passwordKey: true, maxConnections: true } as const;
const PORT = 5432;
const DATA = '/var/lib/postgresql/data';

/** PostgreSQL as a StatefulSet of one replica, its data in a claim of its own. */
export class Postgres extends Service {
  public readonly database: string;
  public readonly user: string;
  /** Key of the password in the system's Secret. */
  public readonly passwordKey: string;

  public constructor(scope: Construct, id: string, props: PostgresProps = {}) {
    const database = props.database ?? 'app';
    const user = props.user ?? 'app';
    const passwordKey = props.passwordKey ?? passwordKeyOf(props.name ?? id);
    super(scope, id, postgresProps(props, { database, user, passwordKey }), {
      ...STATEFUL_PATHS,
      'connections.admits': 'maxConnections',
    });
    this.database = database;
    this.user = user;
    this.passwordKey = passwordKey;
    readPreset<PostgresProps>(this, props, KEYS);
  }

  /** The password, for a variable of its own beside the URL. */
  public get password(): EnvValue {
    return EnvValue.fromSecret(this.passwordKey);
  }

  /** `postgresql://user@host:5432/database`, without the password: clients read it from PGPASSWORD. */
  public get url(): EnvValue {
    return this.endpoint.url({ scheme: 'postgresql', user: this.user, path: `/${this.database}` });
  }

  /**
   * The URL with the password in it, for clients that can read it from nowhere else. It stands in a
   * variable of the container, in no ConfigMap; passwords that would need escaping are refused.
   */
  public get urlWithPassword(): EnvValue {
    return EnvValue.concat(
      EnvValue.fromValue(`postgresql://${encodeURIComponent(this.user)}:`),
      this.password,
      EnvValue.fromValue('@'),
      this.endpoint.address(),
      EnvValue.fromValue(`/${this.database}`),
    );
  }
}

/** `my-db` → `MY_DB_PASSWORD`. */
export function passwordKeyOf(name: unknown): string {
  return `${String(name)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '_')}_PASSWORD`;
}

function postgresProps(
  props: PostgresProps,
  names: { database: string; user: string; passwordKey: string },
): ServiceProps {
  const { database, user } = names;
  const maxConnections = props.maxConnections ?? 100;
  const ready = ['pg_isready', '-h', '127.0.0.1', '-U', user, '-d', database];
  return {
    ...readyMade(props, {
      image: IMAGES.postgres,
      resources: { cpuRequest: '250m', cpuLimit: '1', memoryRequest: '512Mi', memoryLimit: '1Gi' },
    }),
    workload: 'stateful-set',
    command: ['postgres', '-c', `max_connections=${maxConnections}`],
    env: {
      POSTGRES_DB: EnvValue.fromValue(database),
      POSTGRES_USER: EnvValue.fromValue(user),
      POSTGRES_PASSWORD: EnvValue.fromSecret(names.passwordKey),
      POSTGRES_INITDB_ARGS: EnvValue.fromValue('--data-checksums'),
      // A claim's root may hold lost+found, which initdb refuses.
      PGDATA: EnvValue.fromValue(`${DATA}/pgdata`),
    },
    ports: [{ name: 'postgres', port: PORT, ...given({ publish: props.publish }) }],
    // Over TCP: the server of the first initialization listens on its socket only.
    health: {
      startup: { command: ready, periodSeconds: 5, failureThreshold: 60 },
      readiness: { command: ready, periodSeconds: 10 },
      liveness: { tcp: true, periodSeconds: 20, failureThreshold: 6 },
    },
    volumes: [
      { name: 'data', mountPath: DATA, size: props.storage ?? '10Gi', ...given({ storageClass: props.storageClass }) },
      { name: 'run', mountPath: '/var/run/postgresql', kind: 'memory', size: '16Mi' },
      { name: 'shm', mountPath: '/dev/shm', kind: 'memory', size: '128Mi' },
    ],
    runAs: { uid: 999, gid: 999 },
    // SIGINT: the fast shutdown, which ends sessions and writes a checkpoint.
    stopSignal: 'SIGINT',
    graceSeconds: 120,
    connections: { admits: maxConnections },
  };
}
