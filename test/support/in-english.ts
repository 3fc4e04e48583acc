import { english } from "../../src/words/english.ts";

/** What is said in English, for tests that compare texts. */
export const said = english.say;
