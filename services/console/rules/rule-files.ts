// The files of the workbench on disk: a rule and its test, read and saved together. A name is one in the rules folder and nothing
// else; a save is whole or not at all, and only over what its writer has seen.

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, open, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { testFileOf } from '#rules/check/check-edited.ts';
import { environmentName } from '#runtime/config.ts';
import { syncFolder } from '#runtime/durable-folder.ts';
import { readTextFile } from '#runtime/text-file.ts';
import type { RuleFileView, RuleText } from '../api/rules.ts';
import { etagOfText } from '../http/etag.ts';
import { ProblemError } from '../http/problem.ts';
import { OneAtATime } from '../rejected/one-at-a-time.ts';

/** What file systems let a name be is 255 bytes; `.test` and the ending of a draft have to fit. */
const NAME_BYTES_MAX = 200;
/** What others may read stays readable for them. */
const NEW_FILE_MODE = 0o644;
const SAVES_WAITING_MAX = 16;

/** What is wrong with a name, in words; undefined where a rule may be called so. */
export function ruleFileNameProblem(name: string): string | undefined {
  if (!name.endsWith('.json') || name === '.json') return 'must end in .json';
  if (name.endsWith('.test.json')) return "must be the rule's: its test is saved along with it";
  if (/[/\\\p{C}]/u.test(name) || name.startsWith('.')) return 'must be a plain file name, without folders before it';
  return Buffer.byteLength(name) > NAME_BYTES_MAX ? `must have at most ${NAME_BYTES_MAX} bytes` : undefined;
}

/** What a save must find there; `absent`: no such file. */
export type Seen = { readonly etags: readonly string[] } | 'absent';

export type RuleFilesParts = {
  readonly dir: string;
  /** undefined: where the folder can be written to. */
  readonly maySave: boolean | undefined;
};

export class RuleFilesOnDisk {
  readonly #parts: RuleFilesParts;
  readonly #saves = new OneAtATime(SAVES_WAITING_MAX);

  constructor(parts: RuleFilesParts) {
    this.#parts = parts;
  }

  /** In a sentence; undefined where files can be saved. */
  async whyNotSave(): Promise<string | undefined> {
    const { dir, maySave } = this.#parts;
    if (maySave === false)
      return `Saving from the console is switched off (${environmentName('console', 'rulesMaySave')}). Download the file, and put it into the rules folder.`;
    try {
      await access(dir, constants.W_OK | constants.X_OK);
      return undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return `The console cannot write to the rules folder (${code}). Download the file, and put it there.`;
    }
  }

  /** @throws ProblemError 404 */
  async read(name: string): Promise<RuleFileView> {
    const view = await this.#find(name);
    if (view === undefined) throw new ProblemError(404, `There is no rule file ${name} in the rules folder.`);
    return view;
  }

  async #find(name: string): Promise<RuleFileView | undefined> {
    const text = await this.#textOf(name);
    if (text === undefined) return undefined;
    const testName = testFileOf(name);
    const test = await this.#textOf(testName);
    const file = { file: name, text, test: test === undefined ? null : { file: testName, text: test } };
    return { ...file, etag: etagOfText(JSON.stringify([text, test ?? null])) };
  }

  /** undefined: it is not there, or is a link to somewhere else. */
  async #textOf(name: string): Promise<string | undefined> {
    const file = path.join(this.#parts.dir, name);
    try {
      const [real, folder] = await Promise.all([realpath(file), realpath(this.#parts.dir)]);
      if (!real.startsWith(folder + path.sep)) return undefined;
    } catch {
      return undefined;
    }
    const text = readTextFile(file);
    if (typeof text === 'string') return text;
    throw new ProblemError(422, `${name} ${text.message}.`);
  }

  /** @throws ProblemError 403, 412, 503 */
  async save(wish: RuleText, seen: Seen): Promise<RuleFileView> {
    const saved = this.#saves.do(() => this.#saveNow(wish, seen));
    if (saved === undefined) throw new ProblemError(503, 'Too many are saving at this moment. Try again in a moment.');
    return await saved;
  }

  /** @throws ProblemError 412 where it is not what the writer has seen */
  async refuseUnseen(name: string, seen: Seen): Promise<RuleFileView | undefined> {
    const now = await this.#find(name);
    if (seen === 'absent') {
      if (now === undefined) return undefined;
      throw new ProblemError(412, `There is a file ${name} already. Open it, or choose another name.`);
    }
    if (now === undefined)
      throw new ProblemError(412, `${name} is not there any more. Save it as a new file, or open the list again.`);
    if (seen.etags.includes(now.etag) || seen.etags.includes('*')) return now;
    throw new ProblemError(
      412,
      `Somebody has changed ${name} or its test since you opened it. Open it again, and bring your changes over.`,
    );
  }

  async #saveNow({ file: name, text, test }: RuleText, seen: Seen): Promise<RuleFileView> {
    const whyNot = await this.whyNotSave();
    if (whyNot !== undefined) throw new ProblemError(403, whyNot);
    const before = await this.refuseUnseen(name, seen);
    // The test first: a rule that is loaded while its test is still the old one would be told to be untested.
    const putBack = test === undefined ? undefined : await this.#writeTest(testFileOf(name), test);
    try {
      if (text !== before?.text) await this.#write(name, text);
    } catch (error) {
      await putBack?.();
      throw error;
    }
    return await this.read(name);
  }

  /** @returns what puts the old one back; @throws ProblemError 503 there, where that fails */
  async #writeTest(name: string, text: string): Promise<() => Promise<void>> {
    const before = await this.#textOf(name);
    if (text === before) return async () => {};
    await this.#write(name, text);
    return async () => {
      try {
        if (before === undefined) await rm(path.join(this.#parts.dir, name));
        else await this.#write(name, before);
      } catch {
        throw new ProblemError(
          503,
          `The rule could not be written, but its test ${name} was, and is the new one now. Open the rule again, and bring your changes over.`,
        );
      }
    };
  }

  async #write(name: string, text: string): Promise<void> {
    const { dir } = this.#parts;
    const file = path.join(dir, name);
    const there = await lstat(file).catch(() => undefined);
    if (there !== undefined && !there.isFile())
      throw new ProblemError(
        403,
        `${name} is a link or no plain file, and is not written over. Save under another name.`,
      );
    // Nobody reads a name that ends so, whatever becomes of it.
    const draft = path.join(dir, `.${name}.${randomBytes(6).toString('hex')}.draft`);
    try {
      const opened = await open(draft, 'wx', there === undefined ? NEW_FILE_MODE : there.mode & 0o777);
      try {
        await opened.writeFile(text);
        await opened.sync();
      } finally {
        await opened.close();
      }
      await rename(draft, file);
      syncFolder(dir);
    } catch (error) {
      await rm(draft, { force: true });
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new ProblemError(
        503,
        `${name} could not be written (${code}). The file is as it was before; try again, or download yours.`,
      );
    }
  }
}
