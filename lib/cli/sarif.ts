import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { Issue, IssueCode, Severity } from '../model/issues';
import { formatIssue, ISSUE_CODES } from '../model/issues';
import type { EmittedSet } from '../verify/emitted';
import type { WaivedIssue } from '../verify/waivers';
import { IssueLocator } from './issue-location';

/** Findings of one environment. */
export interface SarifFindings {
  readonly issues: readonly Issue[];
  /** @default - none */
  readonly waived?: readonly WaivedIssue[];
  /** Undefined: the default one. */
  readonly environment?: string | undefined;
  /** What was proved. @default - nothing: every finding is about the main file */
  readonly emitted?: EmittedSet;
  /** The texts of it, by path. @default - none */
  readonly texts?: ReadonlyMap<string, string>;
}

/** What a log says about the run itself. */
export interface SarifRun {
  /** Version of this tool. */
  readonly version: string;
  /** The file that findings about the model are shown at, from the project's root. */
  readonly mainFile: string;
  readonly exitCode: number;
}

const NOTHING: EmittedSet = { kubernetesVersion: '', manifests: [], compose: [] };
const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  notice: 'note',
};
const PAGES = 'https://github.com/cdk8s-tars/cdk8s-tars/blob/main/docs/rules';

/**
 * Findings in the form that code hosts read; what is waived is in it as suppressed, with its reason.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarifLog({ version, mainFile, exitCode }: SarifRun, findings: readonly SarifFindings[]): Log {
  const all = findings.flatMap(({ issues, waived = [] }) => [...issues, ...waived.map(({ issue }) => issue)]);
  const codes = [...new Set(all.map(({ code }) => code))].sort();
  const results = findings.flatMap(({ issues, waived = [], environment, emitted = NOTHING, texts = new Map() }) => {
    const locator = new IssueLocator(emitted, texts, mainFile);
    return [
      ...issues.map((issue) => result(issue, codes, locator, environment)),
      ...waived.map(({ issue, reason }): Result => ({
        ...result(issue, codes, locator, environment),
        suppressions: [{ kind: 'external', status: 'accepted', justification: reason }],
      })),
    ];
  });
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'tars',
            semanticVersion: version,
            rules: codes.map((code) => rule(code, all)),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { PROJECT: { description: { text: 'the directory of main.ts' } } },
        // A run that could not load the app has proved nothing.
        invocations: [{ executionSuccessful: findings.every(({ emitted }) => emitted !== undefined), exitCode }],
        results,
      },
    ],
  };
}

function rule(code: IssueCode, all: readonly Issue[]): ReportingDescriptor {
  const worst = (['error', 'warning', 'notice'] as const).find((severity) =>
    all.some((issue) => issue.code === code && issue.severity === severity),
  );
  return {
    id: code,
    shortDescription: { text: ISSUE_CODES[code] },
    helpUri: `${PAGES}/${code}.md`,
    defaultConfiguration: { level: LEVELS[worst ?? 'error'] },
  };
}

function result(
  issue: Issue,
  codes: readonly IssueCode[],
  locator: IssueLocator,
  environment: string | undefined,
): Result {
  const { file, line } = locator.locate(issue.path);
  return {
    ruleId: issue.code,
    ruleIndex: codes.indexOf(issue.code),
    level: LEVELS[issue.severity],
    message: { text: messageOf(issue) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(file), uriBaseId: 'PROJECT' },
          region: { startLine: line },
        },
        logicalLocations: [{ fullyQualifiedName: issue.path }],
      },
    ],
    // The same finding on another line is the same finding.
    partialFingerprints: { 'tarsPath/v1': `${environment ?? ''} ${issue.code} ${issue.path}`.trim() },
  };
}

function messageOf(issue: Issue): string {
  return formatIssue(issue).replace(/^\S+ \S+ /, '');
}
