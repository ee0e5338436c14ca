/** `npm run tidy`: the house rules that neither the compiler nor the linter knows, with the line that breaks them. The rules are in tidy_rules.mjs. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { at, ensureInstalled, isMain, ROOT } from './setup.mjs';
import { DETERMINISTIC, MAX_FILE_LINES, MAY_IMPORT, MAY_USE, MEMBERS, WORKER_STARTS } from './tidy_rules.mjs';

ensureInstalled();
const { readSource } = await import('./tidy_ast.mjs');

/** @typedef {import('./tidy_ast.mjs').Problem} Problem */
/** @typedef {ReadonlyMap<string, string>} Files */

const CODE = /^(src|scripts|e2e)\/.*\.(ts|tsx|mjs)$/;
const SNAKE = /^[a-z0-9_]+(\.(test|spec|config|module|d))?\.(ts|tsx|mjs|css|json)$/;
/** A path that only this machine has: of a home, of a checkout, of the folder for temporary files. */
const MACHINE_PATH = /(?:^|[^A-Za-z0-9_.])\/(?:work|farm|root|[t]mp)\//;

/** @param {string} file */
const isTest = (file) => /\.(test|spec)\.\w+$/.test(file) || file.startsWith('e2e/') || /(^|\/)testing\//.test(file);
/** @param {string} file */
const roomOf = (file) => (file.startsWith('src/') ? file.split('/')[1] ?? '' : '');

/** @param {string} file @param {string} text @returns {Problem[]} */
function textProblems(file, text) {
  if (file === 'package-lock.json') return [];
  const lines = text.split('\n');
  /** @type {Problem[]} */
  const problems = lines.flatMap((line, i) => (MACHINE_PATH.test(line) ? [{ file, line: i + 1, problem: 'a path of one machine' }] : []));
  if (!CODE.test(file)) return problems;
  const length = lines.length - (lines[lines.length - 1] === '' ? 1 : 0);
  if (length > MAX_FILE_LINES) problems.push({ file, line: MAX_FILE_LINES + 1, problem: `a file of ${length} lines, at most ${MAX_FILE_LINES}` });
  if (!SNAKE.test(posix.basename(file))) problems.push({ file, line: 1, problem: 'file names are snake_case' });
  return problems;
}

/** A package: by its name, or all of Node's own. @param {string} file @param {string} specifier @returns {string | null} */
function packageProblem(file, specifier) {
  const room = roomOf(file);
  if (room === '' || isTest(file)) return null;
  const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  const allowed = MAY_USE[room] ?? [];
  return allowed.includes(name) || (specifier.startsWith('node:') && allowed.includes('node:*')) ? null : `${room} does not import ${name}`;
}

/** The files that variants/index.ts lists are its members. @param {Files} files */
function listedFiles(files) {
  const text = files.get(`src/${MEMBERS.files}/index.ts`) ?? '';
  return new Set([...text.matchAll(/from '\.\/([^']+)'/g)].map((m) => `src/${MEMBERS.files}/${m[1]}`));
}

/** @param {string} file @param {string} target @param {ReadonlySet<string>} listed */
function betweenMembers(file, target, listed) {
  const [a, b] = [file.split('/'), target.split('/')];
  if (a[1] === MEMBERS.folders && b[1] === MEMBERS.folders && a.length > 3 && b.length > 3 && a[2] !== b[2]) return 'a panel never imports a panel';
  return listed.has(file) && listed.has(target) ? 'a variant never imports a variant' : null;
}

/**
 * @param {string} file
 * @param {{specifier: string, url: boolean}} found
 * @param {Files} files
 * @param {ReadonlySet<string>} listed
 * @returns {string | null}
 */
function importProblem(file, { specifier, url }, files, listed) {
  if (!specifier.startsWith('.')) return packageProblem(file, specifier);
  const target = posix.join(posix.dirname(file), specifier.replace(/\?.*$/, ''));
  if (url && !/\.\w+$/.test(target)) return null;
  if (!files.has(target)) return `${specifier} is no file (an import names its file with the ending)`;
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === '' || isTest(file)) return null;
  if (from === to) return betweenMembers(file, target, listed);
  if (url && from === WORKER_STARTS.from && target === WORKER_STARTS.target) return null;
  if (isTest(target)) return `${specifier} is for tests`;
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return `${from} is no known room: give it a line in MAY_IMPORT`;
  return allowed.includes(to) ? null : `${from} does not import ${to}`;
}

/**
 * Everything that is wrong with these files. Reads nothing else.
 * @param {Files} files  path from the project's root, with slashes -> text
 * @returns {Problem[]}
 */
export function problemsOf(files) {
  const listed = listedFiles(files);
  /** @type {Problem[]} */
  const problems = [];
  let seen = 0;
  for (const [file, text] of files) {
    problems.push(...textProblems(file, text));
    if (!/^src\/.*\.tsx?$/.test(file)) continue;
    seen += 1;
    const found = readSource(file, text, { room: roomOf(file), isTest: isTest(file) });
    problems.push(...found.problems);
    for (const use of found.imports) {
      const problem = importProblem(file, use, files, listed);
      if (problem !== null) problems.push({ file, line: use.line, problem });
    }
  }
  // A check that sees nothing would pass.
  if (seen === 0) problems.push({ file: 'src', line: 1, problem: 'no source file was seen' });
  if (!DETERMINISTIC.every((room) => room in MAY_IMPORT)) problems.push({ file: 'scripts/tidy_rules.mjs', line: 1, problem: 'DETERMINISTIC names a room that MAY_IMPORT does not know' });
  return problems;
}

/** A file's text; empty for one that is no text, as a picture. @param {string} file */
function textOf(file) {
  const text = readFileSync(at(file), 'utf8');
  return text.includes('\0') ? '' : text;
}

/** Tracked files and those that would be, less what git ignores and what is deleted but not yet committed. @returns {Files} */
export function projectFiles() {
  // A checkout may belong to another user, as in a container.
  const list = (/** @type {string[]} */ ...args) => execFileSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z', ...args], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 }).split('\0').filter((file) => file !== '');
  const deleted = new Set(list('--deleted'));
  return new Map(list('--cached', '--others', '--exclude-standard').filter((file) => !deleted.has(file)).map((file) => [file, textOf(file)]));
}

if (isMain(import.meta.url)) {
  const files = projectFiles();
  const problems = problemsOf(files);
  for (const { file, line, problem } of problems) console.log(`${file}:${line}: ${problem}`);
  console.log(`tidy: ${files.size} files, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
