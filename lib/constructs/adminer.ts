import type { Construct } from 'constructs';
import type { Endpoint } from '../model/endpoint';
import { IMAGES } from '../model/images';
import type { ReadyMadeProps } from './preset';
import { given, readPreset, readyMade, READY_MADE_KEYS } from './preset';
import { Service } from './service';

/** A page to look into a database. */
export interface AdminerProps extends ReadyMadeProps {
  /** The database that it offers. */
  readonly database: Endpoint;
}

const KEYS = { ...READY_MADE_KEYS, database: true } as const;

/** Adminer. It keeps no password: whoever opens it logs in to the database. */
export class Adminer extends Service {
  public constructor(scope: Construct, id: string, props: AdminerProps) {
    super(scope, id, {
      ...readyMade(props, {
        image: IMAGES.adminer,
        resources: { cpuRequest: '100m', cpuLimit: '500m', memoryRequest: '128Mi', memoryLimit: '256Mi' },
      }),
      env: { ADMINER_DEFAULT_SERVER: props.database.host() },
      ports: [{ name: 'http', port: 8080, ...given({ publish: props.publish }) }],
      health: {
        readiness: { httpPath: '/', periodSeconds: 10 },
        liveness: { tcp: true, periodSeconds: 20 },
      },
      // The image's user has a name only, which a kubelet cannot prove to be no root.
      runAs: { uid: 1000, gid: 1000, httpClient: 'wget' },
      stopSignal: 'SIGINT',
    });
    readPreset<AdminerProps>(this, props, KEYS);
  }
}
