import type { IConstruct } from 'constructs';
import { IssueCollector } from '../model/issues';
import type { Keys } from '../model/props-reader';
import { PropsReader } from '../model/props-reader';
import type { OverridesProps, PeerProps, ResourcesProps, ServiceProps } from '../model/service-props';
import { register } from './system';

/** What can be said about every ready-made service. */
export interface ReadyMadeProps {
  /** Name of the component. @default - the construct's id */
  readonly name?: string;
  /** Name on Compose, where it has to differ. @default - name */
  readonly composeName?: string;
  /** Image with an exact tag. @default - the tested version, see IMAGES */
  readonly image?: string;
  /** What one replica may use. @default - what the software needs for a start */
  readonly resources?: ResourcesProps;
  /** Port on the host that Compose publishes it at. @default - not published */
  readonly publish?: number;
  /** Compose profiles that switch it on. @default - always on */
  readonly profiles?: readonly string[];
  /** Who else may connect, e.g. pods that were not made with this library. @default - nobody */
  readonly allowFrom?: readonly PeerProps[];
  /** Last changes to what is emitted. @default - none */
  readonly override?: OverridesProps;
}

/** What can be said about every ready-made service with a claim. */
export interface StatefulProps extends ReadyMadeProps {
  /** Size of the claim, e.g. "10Gi". @default - see the service */
  readonly storage?: string;
  /** StorageClass of the claim. @default - the cluster's default StorageClass */
  readonly storageClass?: string;
}

export const READY_MADE_KEYS = {
  name: true,
  composeName: true,
  image: true,
  resources: true,
  publish: true,
  profiles: true,
  allowFrom: true,
  override: true,
} as const satisfies Keys<ReadyMadeProps>;

export const STATEFUL_KEYS = {
  ...READY_MADE_KEYS,
  storage: true,
  storageClass: true,
} as const satisfies Keys<StatefulProps>;

/** Where the properties of a ready-made service are found in the general one, for the paths of issues. */
export const STATEFUL_PATHS = {
  'volumes[0].size': 'storage',
  'volumes[0].storageClass': 'storageClass',
  'ports[0].publish': 'publish',
} as const;

/** The general properties behind those of a ready-made service. */
export function readyMade(
  props: ReadyMadeProps,
  usual: { readonly image: string; readonly resources: ResourcesProps },
): Pick<ServiceProps, 'image' | 'resources'> & Partial<ServiceProps> {
  return {
    ...given({
      name: props.name,
      composeName: props.composeName,
      profiles: props.profiles,
      allowFrom: props.allowFrom,
      override: props.override,
    }),
    image: props.image ?? usual.image,
    resources: props.resources ?? usual.resources,
  };
}

/** Reads the props of a ready-made construct; what is wrong with them joins the system's issues. */
export function readPreset<P extends object>(
  scope: IConstruct,
  props: P | undefined,
  keys: Keys<P>,
  read: (reader: PropsReader<P>) => void = () => undefined,
): void {
  const issues = new IssueCollector(scope.node.path);
  read(new PropsReader<P>(props, issues, keys));
  register(scope, { issues: issues.issues });
}

/** Drops keys without a value, so that a default behind them shows through. */
export function given<T extends object>(props: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
