import type { Construct } from 'constructs';
import type { Endpoint } from '../model/endpoint';
import { IMAGES } from '../model/images';
import { given, readPreset } from './preset';
import { Service } from './service';

/** A page to look into a database. */
export interface AdminerProps {
  /** Name of the component. @default - the construct's id */
  readonly name?: string;
  /** @default - the tested version, see IMAGES */
  readonly image?: string;
  /** The database that it offers. */
  readonly database: Endpoint;
  /** Port on the host that Compose publishes it at. @default - not published */
  readonly publish?: number;
  /** @default - always on */
  readonly profiles?: readonly string[];
}

const KEYS = { name: true, image: true, database: true, publish: true, profiles: true } as const;

/** Adminer. It keeps no password: whoever opens it logs in to the database. */
export class Adminer extends Service {
  public constructor(scope: Construct, id: string, props: AdminerProps) {
    super(scope, id, {
      ...given({ name: props.name, profiles: props.profiles }),
      image: props.image ?? IMAGES.adminer,
      env: { ADMINER_DEFAULT_SERVER: props.database.host() },
      ports: [{ name: 'http', port: 8080, ...given({ publish: props.publish }) }],
      health: {
        readiness: { httpPath: '/', periodSeconds: 10 },
        liveness: { tcp: true, periodSeconds: 20 },
      },
      resources: { cpuRequest: '100m', cpuLimit: '500m', memoryRequest: '128Mi', memoryLimit: '256Mi' },
      // The image's user has a name only, which a kubelet cannot prove to be no root.
      runAs: { uid: 1000, gid: 1000, httpClient: 'wget' },
      stopSignal: 'SIGINT',
    });
    readPreset<AdminerProps>(this, props, KEYS);
  }
}
