import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { withSystem } from '../cluster-session';
import type { Context } from '../context';
import { withPlace } from '../ops-options';
import { findTarget } from '../ops-target';

const HELP = `
Examples:
  tars forward backend 8000                http://127.0.0.1:8000 leads to a ready pod of the backend
  tars forward svc/tars-grafana 3001:3000  another port on this side
  tars forward postgres 0:5432             any free port on this side, which is printed
`;

/** `tars forward`. */
export function forwardCommand(context: Context): CommandUnknownOpts {
  return withPlace(
    new Command('forward')
      .description('Opens a local port that leads to a port of a pod, until Ctrl-C.')
      .argument('<target>', 'a workload, a component, a pod or svc/NAME')
      .argument('<port>', '[local:]remote', portsOf)
      .addOption(new Option('--address <ip>', 'where to listen').default('127.0.0.1'))
      .addOption(new Option('--image <name>', 'compose: an image that has `nc` and `sleep` (default: busybox)')),
  )
    .addHelpText('after', HELP)
    .action((text, { local, remote }, options) =>
      withSystem(context, options, async ({ manager, signal }) => {
        const { kind, name } = await findTarget(manager, text, signal);
        if (kind === 'DaemonSet') throw new InvalidArgumentError('error: name a pod of the DaemonSet');
        const forward = await manager.portForward(
          { kind, name, port: remote },
          {
            localPort: local,
            host: options.address,
            image: options.image,
            signal,
            onError: (error) => {
              context.io.stderr.write(`${context.err('red', 'lost')}: ${error.message}\n`);
            },
          },
        );
        context.io.stdout.write(`${forward.host}:${forward.port} leads to port ${remote} of ${text}\n`);
        await forward.closed;
      }),
    );
}

function portsOf(text: string): { readonly local: number; readonly remote: number } {
  const [, local, remote] = /^(?:(\d{1,5}):)?(\d{1,5})$/.exec(text) ?? [];
  const ports = { local: Number(local ?? remote), remote: Number(remote) };
  if (remote === undefined || ports.local > 65535 || ports.remote > 65535 || ports.remote === 0) {
    throw new InvalidArgumentError('Allowed: REMOTE or LOCAL:REMOTE');
  }
  return ports;
}
