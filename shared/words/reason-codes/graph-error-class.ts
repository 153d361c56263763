import type { graphRefusals } from '../../kernel/error-codes/graph';

type ClassOf<Code> = Code extends `graph/${infer Class}` ? Class : never;

/** What a refusal of Graph's is: the codes of `graphRefusals` without their area. */
export type GraphErrorClass = ClassOf<keyof typeof graphRefusals>;
