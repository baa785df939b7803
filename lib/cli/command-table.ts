import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Context } from './context';
import type { LoadApp } from './load-app';

/** One command of the tool. Its file is loaded only when it is called, or asked for its help. */
export interface CommandEntry {
  readonly name: string;
  /** One line of `tars --help`. */
  readonly summary: string;
  /** Whether it changes and holds nothing, so that it may end midway; of a command with parts: which of them. */
  readonly reads?: true | readonly string[];
  readonly create: (context: Context) => Promise<CommandUnknownOpts>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'synth',
    summary: 'write manifests, compose files and Dockerfiles from main.ts',
    create: async (context) => (await import('./commands/synth.js')).synthCommand(context),
  },
  {
    name: 'check',
    summary: 'say what is wrong with main.ts, and write nothing',
    reads: true,
    create: async (context) => (await import('./commands/check.js')).checkCommand(context),
  },
  {
    name: 'fit',
    summary: 'say whether everything has a place on these nodes',
    reads: true,
    create: async (context) => (await import('./commands/fit.js')).fitCommand(context),
  },
  {
    name: 'diff',
    summary: 'say what an apply would change, and what needs hands',
    reads: true,
    create: async (context) => (await import('./commands/diff.js')).diffCommand(context),
  },
  {
    name: 'doctor',
    summary: 'say what is wrong with the running system, and what mends it',
    reads: true,
    create: async (context) => (await import('./commands/doctor.js')).doctorCommand(context),
  },
  {
    name: 'secrets',
    summary: 'make, set and list the values that are never committed',
    reads: ['list'],
    create: async (context) => (await import('./commands/secrets.js')).secretsCommand(context),
  },
  {
    name: 'images',
    summary: 'build the images of the project, push or load them',
    reads: ['list'],
    create: async (context) => (await import('./commands/images.js')).imagesCommand(context),
  },
  {
    name: 'graph',
    summary: 'draw who talks to whom',
    reads: true,
    create: async (context) => (await import('./commands/graph.js')).graphCommand(context),
  },
  {
    name: 'autoscale',
    summary: 'play a load, find a policy, explain an autoscaler, be one',
    reads: ['simulate', 'tune', 'explain'],
    create: async (context) => (await import('./commands/autoscale.js')).autoscaleCommand(context),
  },
  {
    name: 'status',
    summary: 'say how the workloads are, in a cluster or on Compose',
    reads: true,
    create: async (context) => (await import('./commands/status.js')).statusCommand(context),
  },
  {
    name: 'pods',
    summary: 'list pods: what they do and where they run',
    reads: true,
    create: async (context) => (await import('./commands/pods.js')).podsCommand(context),
  },
  {
    name: 'logs',
    summary: 'print logs of pods, without a lost line',
    reads: true,
    create: async (context) => (await import('./commands/logs.js')).logsCommand(context),
  },
  {
    name: 'exec',
    summary: 'run a command in a container',
    create: async (context) => (await import('./commands/exec.js')).execCommand(context),
  },
  {
    name: 'debug',
    summary: 'add a container with tools to a pod',
    create: async (context) => (await import('./commands/debug.js')).debugCommand(context),
  },
  {
    name: 'restart',
    summary: 'replace the pods of a workload, or end one',
    create: async (context) => (await import('./commands/restart.js')).restartCommand(context),
  },
  {
    name: 'scale',
    summary: 'set the replicas of a workload',
    create: async (context) => (await import('./commands/scale.js')).scaleCommand(context),
  },
  {
    name: 'rollout',
    summary: 'follow a rollout, or go back',
    reads: ['status', 'history'],
    create: async (context) => (await import('./commands/rollout.js')).rolloutCommand(context),
  },
  {
    name: 'forward',
    summary: 'open a local port that leads to a pod',
    create: async (context) => (await import('./commands/forward.js')).forwardCommand(context),
  },
  {
    name: 'top',
    summary: 'show what pods use',
    reads: true,
    create: async (context) => (await import('./commands/top.js')).topCommand(context),
  },
  {
    name: 'events',
    summary: 'list what happened',
    reads: true,
    create: async (context) => (await import('./commands/events.js')).eventsCommand(context),
  },
];

/** The command that needs to know all the others. */
export const COMPLETION_SUMMARY = 'print what makes the Tab key complete commands';

/** Loads the user's app; the parts that do it come with the first call. */
export const loadAppLazily: LoadApp = async (file, io) => (await import('./load-app.js')).loadApp(file, io);
