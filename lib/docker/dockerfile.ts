/** A Dockerfile in the making: stages of instructions with a remark where one needs a reason. */
export interface Stage {
  readonly from: string;
  readonly as: string;
  /** What the stage is for. */
  readonly remark: string;
  readonly lines: readonly string[];
}

const HEADER = '# Made by cdk8s-tars from the service model. Change main.ts, not this file.';

/** Text of a Dockerfile. It has no `# syntax=` line: that would pull an image before the build. */
export function writeDockerfile(remarks: readonly string[], stages: readonly Stage[]): string {
  const head = [HEADER, ...remarks.map((remark) => `# ${remark}`)].join('\n');
  const bodies = stages.map(({ from, as, remark, lines }) => [`# ${remark}`, `FROM ${from} AS ${as}`, ...lines].join('\n'));
  return `${[head, ...bodies].join('\n\n')}\n`;
}

/** A RUN instruction, commands joined by `&&` on lines of their own. */
export function run(commands: readonly string[], options: readonly string[] = []): string {
  return `RUN ${[...options.map((option) => `${option} \\\n    `), commands.join(' \\\n && ')].join('')}`;
}

/** A cache that BuildKit keeps between builds and leaves out of the image. */
export function cacheMount(target: string): string {
  return `--mount=type=cache,target=${target}`;
}

/** ENV, one variable a line. */
export function env(variables: Readonly<Record<string, string>>): string {
  return `ENV ${Object.entries(variables)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(' \\\n    ')}`;
}

/** A command in exec form: JSON, in which Docker replaces no variable of its own. */
export function execForm(command: readonly string[]): string {
  return `[${command.map((word) => JSON.stringify(word)).join(', ')}]`;
}

/** A list of files for COPY and a target, in the form that allows blanks. */
export function copy(sources: readonly string[], target: string, options: readonly string[] = []): string {
  const words = [...options, ...sources, target];
  if (words.every((word) => !/\s/.test(word))) return `COPY ${words.join(' ')}`;
  return `COPY ${[...options, execForm([...sources, target])].join(' ')}`;
}

function quoted(value: string): string {
  return /^[\w./:=@+-]+$/.test(value) ? value : `"${value.replace(/[\\"]/g, (char) => `\\${char}`)}"`;
}
