/** The head of a comparison, with the words that the list of events has for its rows. */
import type { ReactElement } from 'react';
import { CompareStrip } from '../panels/compare/strip.tsx';
import { rowWords } from '../panels/inspector/row_words.ts';

export const Strip = (): ReactElement => <CompareStrip words={rowWords} />;
