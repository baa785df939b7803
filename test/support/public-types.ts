import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');
/** Where a type comes from that is ours to export. */
const OURS = ['lib', 'imports'].map((folder) => `${ROOT}/${folder}/`.replaceAll('\\', '/'));

/** The entry points of the package, as they would be read by who imports them. */
export class PublicTypes {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;

  /** @param files paths from the root: `lib/index.ts` */
  public constructor(files: readonly string[]) {
    const config = ts.getParsedCommandLineOfConfigFile(
      join(ROOT, 'tsconfig.json'),
      {},
      { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
    );
    if (config === undefined) throw new Error('tsconfig.json cannot be read');
    this.program = ts.createProgram(
      files.map((file) => join(ROOT, file)),
      config.options,
    );
    this.checker = this.program.getTypeChecker();
  }

  /** What an entry point exports: names, and what they stand for. */
  public exportsOf(file: string): ReadonlyMap<string, ts.Symbol> {
    return new Map(this.exported(file).map((symbol) => [symbol.name, this.behind(symbol)]));
  }

  /**
   * Types of ours in what an entry point exports that can be imported neither from there nor from the other one:
   * `Scaled of ClusterManager`.
   */
  public forgotten(file: string, other: string): string[] {
    const known = new Set([...this.exportsOf(file).values(), ...this.exportsOf(other).values()]);
    const found = this.exported(file).flatMap((symbol) => {
      const isType = symbol.declarations?.some((one) => ts.isTypeOnlyExportDeclaration(one)) ?? false;
      return (this.behind(symbol).declarations ?? [])
        .filter(isOurs)
        .flatMap((declaration) => this.named(declaration, isType))
        .filter((named) => !known.has(named) && (named.declarations ?? []).some((one) => isOurs(one) && isNamed(one)))
        .map((named) => `${named.name} of ${symbol.name}`);
    });
    return [...new Set(found)].sort();
  }

  /** Names in docstrings of what an entry point exports that nobody can look up: `scaleWorkload of ClusterManager`. */
  public deadLinks(file: string): string[] {
    const exported = this.exportsOf(file);
    const known = new Set(exported.values());
    const found = this.exported(file).flatMap((symbol) =>
      (this.behind(symbol).declarations ?? []).filter(isOurs).flatMap((declaration) =>
        linksOf(statementOf(declaration))
          .filter((name) => {
            const meant = this.checker.getSymbolAtLocation(name);
            if (meant === undefined) return !exported.has(name.getText());
            const isMember = (meant.declarations ?? []).some((one) => ts.isClassElement(one) || ts.isTypeElement(one));
            return !isMember && !known.has(this.behind(meant));
          })
          .map((name) => `${name.getText()} of ${symbol.name}`),
      ),
    );
    return [...new Set(found)].sort();
  }

  private exported(file: string): ts.Symbol[] {
    const source = this.program.getSourceFile(join(ROOT, file));
    const module = source === undefined ? undefined : this.checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} exports nothing`);
    return this.checker.getExportsOfModule(module);
  }

  /** Types that the public part of a declaration names; of one that is exported as a type, who makes it is private. */
  private named(node: ts.Node, isType: boolean): ts.Symbol[] {
    const inside = (one: ts.Node): ts.Symbol[] => this.named(one, isType);
    if (isHidden(node)) return [];
    if (isType && ts.isConstructorDeclaration(node)) {
      return node.parameters
        .filter((one) => ts.isParameterPropertyDeclaration(one, node) && !isPrivate(one))
        .flatMap(inside);
    }
    if (ts.isFunctionLike(node)) {
      const result = node.type === undefined ? [] : [node.type];
      return [...(node.typeParameters ?? []), ...node.parameters, ...result].flatMap(inside);
    }
    if (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isPropertyDeclaration(node)) {
      if (node.type !== undefined) return inside(node.type);
      const type = this.checker.getTypeAtLocation(node);
      return [type.aliasSymbol, type.symbol as ts.Symbol | undefined].filter((one) => one !== undefined);
    }
    const own = nameOf(node);
    const symbol = own === undefined ? undefined : this.checker.getSymbolAtLocation(own);
    const found = symbol === undefined ? [] : [this.behind(symbol)];
    ts.forEachChild(node, (child) => {
      found.push(...inside(child));
    });
    return found;
  }

  private behind(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }
}

/** The name in a reference to a type: `Scaled` of `Promise<Scaled>`, `Call` of `extends Call`. */
function nameOf(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return ts.isQualifiedName(node.typeName) ? node.typeName.right : node.typeName;
  return ts.isExpressionWithTypeArguments(node) ? node.expression : undefined;
}

/** What carries the docstring of a declaration. */
function statementOf(node: ts.Node): ts.Node {
  return ts.isVariableDeclaration(node) ? node.parent.parent : node;
}

/** Names in `{@link …}` of a declaration and of its public members. */
function linksOf(node: ts.Node): ts.EntityName[] {
  if (isHidden(node)) return [];
  const own = ts.getJSDocCommentsAndTags(node).flatMap(namesIn);
  const members = ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) ? node.members : [];
  return own.concat(...[...members].map(linksOf));
}

function namesIn(comment: ts.Node): ts.EntityName[] {
  const own = ts.isJSDocLink(comment) && comment.name !== undefined && !ts.isJSDocMemberName(comment.name);
  const name = own ? [comment.name] : [];
  return name.concat(...comment.getChildren().map(namesIn));
}

/** Private, or left out of the declarations (`stripInternal`). */
function isHidden(node: ts.Node): boolean {
  if (ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal')) return true;
  if (!ts.isClassElement(node)) return false;
  return isPrivate(node) || (node.name !== undefined && ts.isPrivateIdentifier(node.name));
}

function isPrivate(node: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0;
}

function isOurs(node: ts.Node): boolean {
  return OURS.some((folder) => node.getSourceFile().fileName.startsWith(folder));
}

function isNamed(node: ts.Node): boolean {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);
}
