/** What tidy finds in one file by its syntax tree: bans, long functions, names that disagree with the kernel's. */
import ts from 'typescript';
import { BANNED_MATH, BANNED_METHODS, BANNED_NAMES, DETERMINISTIC, MAX_FUNCTION_LINES } from './tidy_rules.mjs';

/** @typedef {(node: ts.Node, problem: string) => void} Tell */
/** @typedef {{file: string, line: number, problem: string}} Problem */
/** @typedef {{room: string, isTest: boolean}} Place */

/** `__alloc_pages_may_oom` -> `allocPagesMayOom`. @param {string} name */
function camel(name) {
  const [head = '', ...rest] = name.replace(/^_+/, '').split(/_+/);
  return head.slice(0, 1).toLowerCase() + head.slice(1) + rest.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}

/** @param {ts.Node} node @param {ts.SyntaxKind} kind */
const hasModifier = (node, kind) => ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((m) => m.kind === kind);

/** Everywhere in src. @param {ts.Node} node @param {Tell} tell */
function everywhere(node, tell) {
  if (node.kind === ts.SyntaxKind.AnyKeyword) tell(node, '`any` switches the types off');
  if (ts.isNonNullExpression(node)) tell(node, 'non-null `!`: use must() or a real check');
  if (ts.isPropertyDeclaration(node) && node.exclamationToken) tell(node, 'a definite `!` on a field: assign it in the constructor');
  if (ts.isEnumDeclaration(node)) tell(node, 'an enum: use a union or a const object');
  if (ts.isExportAssignment(node) || hasModifier(node, ts.SyntaxKind.DefaultKeyword)) tell(node, 'a default export: export it by name');
  if (ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent)) tell(node, 'a parameter property: declare and assign the field');
}

/** Where runs must be bit-equal. @param {ts.Node} node @param {boolean} isTest @param {Tell} tell */
function deterministic(node, isTest, tell) {
  if (hasModifier(node, ts.SyntaxKind.AsyncKeyword) || ts.isAwaitExpression(node)) tell(node, 'async in the machine');
  // A test may write 2n ** 40n: its expectations are not part of a run.
  if (!isTest && (node.kind === ts.SyntaxKind.AsteriskAsteriskToken || node.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken)) tell(node, '`**` differs between engines');
  if (ts.isPropertyAccessExpression(node)) {
    if (ts.isIdentifier(node.expression) && node.expression.text === 'Math' && BANNED_MATH.includes(node.name.text)) tell(node, `Math.${node.name.text} in the machine`);
    if (BANNED_METHODS.includes(node.name.text)) tell(node, `${node.name.text} in the machine: it follows the locale`);
  }
  if (ts.isIdentifier(node) && BANNED_NAMES.includes(node.text) && isUse(node)) tell(node, `${node.text} in the machine`);
}

/** The name is used as itself, not as the name of a field of something. @param {ts.Identifier} node */
function isUse(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node || (ts.isIdentifier(parent.expression) && parent.expression.text === 'globalThis');
  return !(ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent) || ts.isMethodDeclaration(parent)) || parent.name !== node;
}

/** A test that is switched off, or that switches all others off. @param {ts.Node} node @param {Tell} tell */
function narrowed(node, tell) {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && ['it', 'test', 'describe'].includes(node.expression.text) && ['only', 'skip', 'todo', 'fixme'].includes(node.name.text)) {
    tell(node, `${node.expression.text}.${node.name.text}: tests are switched off`);
  }
}

/** `describe(..., () => {...})` is a heading, not a function. @param {ts.Node} node */
const isHeading = (node) => ts.isCallExpression(node.parent) && /^(test\.)?describe\b/.test(node.parent.expression.getText());

/** @param {ts.Node} node @param {ts.SourceFile} source @param {Tell} tell */
function long(node, source, tell) {
  if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined || isHeading(node)) return;
  const lines = source.getLineAndCharacterOfPosition(node.getEnd()).line - source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  if (lines > MAX_FUNCTION_LINES) tell(node, `a function of ${lines} lines, at most ${MAX_FUNCTION_LINES}`);
}

/** `const outOfMemory = kfn('out_of_memory', ...)`. @param {ts.Node} node @param {Tell} tell */
function kernelName(node, tell) {
  if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) return;
  const call = node.initializer;
  if (!call || !ts.isCallExpression(call) || !ts.isIdentifier(call.expression) || call.expression.text !== 'kfn') return;
  const [first] = call.arguments;
  if (!first || !ts.isStringLiteralLike(first)) {
    tell(call, 'the name of a kfn is to be written out, so that it can be found');
    return;
  }
  const want = camel(first.text);
  if (node.name.text !== want && node.name.text !== `${want}Inner`) tell(node, `kfn('${first.text}') is to be called ${want} or ${want}Inner, not ${node.name.text}`);
}

/** @param {string} text @param {ts.SourceFile} source @returns {{line: number, problem: string}[]} */
function comments(text, source) {
  /** @type {{line: number, problem: string}[]} */
  const found = [];
  const line = (/** @type {number} */ pos) => source.getLineAndCharacterOfPosition(pos).line + 1;
  // Comments stand before and after tokens: a search of the bare text would find them in strings too.
  /** @type {Set<number>} */
  const seen = new Set();
  const visit = (/** @type {ts.Node} */ node) => {
    if (node.kind === ts.SyntaxKind.JsxText) return;
    const ranges = [...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []), ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? [])];
    for (const range of ranges) {
      if (seen.has(range.pos)) continue;
      seen.add(range.pos);
      const comment = text.slice(range.pos, range.end);
      const off = /@ts-(ignore|nocheck|expect-error)/.exec(comment);
      if (off) found.push({ line: line(range.pos + off.index), problem: `${off[0]} switches the types off` });
      const mark = /\b(TODO|FIXME|XXX|HACK)\b/.exec(comment);
      if (mark) found.push({ line: line(range.pos + mark.index), problem: `${mark[0]}: finish it or file it` });
    }
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return found;
}

/**
 * @param {string} file
 * @param {string} text
 * @param {Place} place
 * @returns {{problems: Problem[], imports: {line: number, specifier: string, url: boolean}[]}}
 */
export function readSource(file, text, { room, isTest }) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (/** @type {ts.Node} */ node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  /** @type {Problem[]} */
  const problems = comments(text, source).map((found) => ({ file, ...found }));
  /** @type {{line: number, specifier: string, url: boolean}[]} */
  const imports = [];
  /** @type {Tell} */
  const tell = (node, problem) => { problems.push({ file, line: lineOf(node), problem }); };
  /** @param {ts.Node} node */
  const visit = (node) => {
    everywhere(node, tell);
    if (DETERMINISTIC.includes(room)) deterministic(node, isTest, tell);
    if (isTest) narrowed(node, tell);
    else kernelName(node, tell);
    long(node, source, tell);
    const specifier = specifierOf(node);
    if (specifier) imports.push({ line: lineOf(node), ...specifier });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { problems, imports };
}

/** What a node imports: a declaration, `import()`, a type by `import('')`, or a file by `new URL('', import.meta.url)`. @param {ts.Node} node */
function specifierOf(node) {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) return { specifier: node.moduleSpecifier.text, url: false };
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) return { specifier: node.argument.literal.text, url: false };
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return null;
  const first = node.arguments?.[0];
  if (!first || !ts.isStringLiteralLike(first)) return null;
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return { specifier: first.text, url: false };
  const isUrl = ts.isNewExpression(node) && node.expression.getText() === 'URL' && node.arguments?.[1]?.getText() === 'import.meta.url';
  return isUrl && first.text.startsWith('.') ? { specifier: first.text, url: true } : null;
}
