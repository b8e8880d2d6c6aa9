import { PhraseMasker, PhraseSet } from './mask-phrases.ts';
import { TokenMasker, TokenPatterns } from './mask-tokens.ts';
import { secretForms } from './secret-forms.ts';

/** Hides the secrets in one stream of bytes. `end` gives what was held back; the masker can then be used again. */
export interface StreamMasker {
  write(chunk: Uint8Array): Buffer[];
  end(): Buffer[];
}

/** All that one trace has to hide; its streams each get a masker, and learn of secrets that are added later. */
export class SecretMask {
  readonly #phrases = new PhraseSet();
  readonly #tokens: TokenPatterns;

  /** `tokenPrefixes` as a whole: GitLab's own ones are not added here. */
  constructor(tokenPrefixes: Iterable<string>) {
    this.#tokens = new TokenPatterns(tokenPrefixes);
  }

  /** Hides these values, their lines and their encoded forms in all bytes that come from now on. */
  add(secrets: Iterable<string>): void {
    for (const secret of secrets) this.#phrases.add(secretForms(secret));
  }

  stream(): StreamMasker {
    const phrases = new PhraseMasker(this.#phrases);
    const tokens = new TokenMasker(this.#tokens);
    return {
      write: (chunk) => phrases.write(chunk).flatMap((part) => tokens.write(part)),
      end: () => {
        const parts = phrases.end().flatMap((part) => tokens.write(part));
        tokens.end();
        return parts;
      },
    };
  }
}
