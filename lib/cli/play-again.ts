import type { LoadChoice } from './load-options';
import type { PlayOptions } from './played-service';
import { shellLine } from './tools';

/** What was played, and of which app. */
export interface Played extends LoadChoice, Omit<PlayOptions, 'interval'> {
  readonly service?: string | undefined;
  readonly app?: string | undefined;
  readonly env: string;
}

/**
 * The command line of `tars autoscale simulate` that plays the same load, also when another policy stands in main.ts:
 * the default of `--peak` comes from the policy.
 *
 * @param peak of a generated load
 */
export function playAgain(played: Played, peak: number): string {
  const { service, load, shape, hours, mode, interval, startup, app, env } = played;
  const args = [
    ...['autoscale', 'simulate'],
    ...(service === undefined ? [] : ['--service', service]),
    ...(load === undefined ? ['--shape', shape, '--hours', String(hours), '--peak', String(peak)] : ['--load', load]),
    ...(mode === 'hpa' ? [] : ['--mode', mode]),
    ...(interval === 15_000 ? [] : ['--interval', interval % 1000 === 0 ? `${interval / 1000}s` : `${interval}ms`]),
    ...(startup === 30 ? [] : ['--startup', String(startup)]),
    ...(app === undefined ? [] : ['--app', app]),
    ...(env === 'default' ? [] : ['--env', env]),
  ];
  return shellLine({ command: 'tars', args });
}
