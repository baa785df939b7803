import { Construct } from 'constructs';
import { Endpoint } from '../model/endpoint';
import { show } from '../model/issues';
import { isCidr, isDnsLabel, isHostName } from '../model/names';
import { addCidrIssue } from '../model/read-ports';
import { readPreset } from './preset';
import { chartOf, register } from './system';

/** Something outside that services link to: a managed database, somebody else's API. */
export interface ExternalServiceProps {
  /** Host name or IPv4 address. */
  readonly host: string;
  /** Port number, 1 to 65535. */
  readonly port: number;
  /** Name of the port, for `endpointOf`. @default "main" */
  readonly portName?: string;
  /**
   * Address blocks that clients may open connections to.
   * @default - anywhere, on this port: name the blocks where they are known
   */
  readonly cidrs?: readonly string[];
  /** Name of a service of the same chart that stands in for it on Compose. @default - none */
  readonly composeStandIn?: string;
  /** Host as seen from a container on Compose, e.g. `host.docker.internal`. @default - host */
  readonly composeHost?: string;
}

/** A link like any other, with egress and URL, and no workload. */
export class ExternalService extends Construct {
  public readonly endpoint: Endpoint;

  public constructor(scope: Construct, id: string, props: ExternalServiceProps) {
    super(scope, id);
    const { chart } = chartOf(this);
    const portName = props.portName ?? 'main';
    this.endpoint = new Endpoint(id, portName, chart);
    const keys = {
      host: true,
      port: true,
      portName: true,
      cidrs: true,
      composeStandIn: true,
      composeHost: true,
    } as const;
    readPreset<ExternalServiceProps>(this, props, keys, (reader) => {
      const host = reader.requiredString('host', 'invalid.host');
      if (!isHostName(host)) {
        reader.at('host').add({
          code: 'TARS1009',
          message: 'not a host name',
          given: show(props.host),
          allowed: 'a name such as "db.example.com", or an IPv4 address; no scheme, port or path',
          remedy: 'write the host alone',
        });
      }
      if (!isDnsLabel(portName)) {
        reader.at('portName').add({
          code: 'TARS1003',
          message: 'not the name of a port',
          given: show(portName),
          allowed: 'a DNS label',
          remedy: 'choose another name',
        });
      }
      const cidrs = reader.strings('cidrs') ?? [];
      cidrs.forEach((cidr, index) => {
        if (!isCidr(cidr)) addCidrIssue(reader.at('cidrs').at(index), cidr);
      });
      register(this, {
        external: {
          path: this.node.path,
          chart,
          name: id,
          host,
          ports: [{ name: portName, number: reader.integer('port', { min: 1, max: 65_535 }, 1) }],
          cidrs,
          composeStandIn: reader.string('composeStandIn'),
          composeHost: reader.string('composeHost'),
        },
      });
    });
  }

  /** The port, by its name. */
  public endpointOf(port: string): Endpoint {
    return new Endpoint(this.endpoint.service, port, this.endpoint.system);
  }
}
