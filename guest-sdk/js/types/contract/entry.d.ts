/**
 * What an agent says of itself and how its runs end, as the contract carries it.
 */
import { Failure } from "../failure.js";
import { Outcome } from "../outcome.js";
import type { Descriptor, FailureKind } from "../types.js";
export type RawFailure = {
    kind: FailureKind;
    code: string | null | undefined;
    message: string;
    retryAfterMs: number | bigint | null | undefined;
    details: string | null | undefined;
};
/** @import { Descriptor, FailureKind, Skill } from "../types.js" */
/**
 * A failure as the contract has it.
 *
 * @typedef {object} RawFailure
 * @property {FailureKind} kind
 * @property {string | null | undefined} code
 * @property {string} message
 * @property {number | bigint | null | undefined} retryAfterMs
 * @property {string | null | undefined} details
 */
/**
 * @param {Descriptor} descriptor
 * @throws {TypeError} Where a value in it is not of its type.
 */
export declare function lowerDescriptor({ name, description, version, skills, inputSchema, extra }: Descriptor): {
    name: string;
    description: string;
    version: string;
    skills: {
        id: string;
        name: string;
        description: string;
        tags: string[];
        examples: string[];
    }[];
    inputSchema: string | undefined;
    extra: string | undefined;
};
/**
 * @param {Outcome} outcome
 * @throws {TypeError} Where a value in it is not of its type.
 */
export declare function lowerOutcome({ content, escalate, transferTo, extra }: Outcome): {
    content: import("./content.js").RawContent | undefined;
    escalate: boolean;
    transferTo: string | undefined;
    extra: string | undefined;
};
/**
 * @param {ReturnType<typeof lowerOutcome>} raw
 * @returns {Outcome}
 */
export declare function liftOutcome({ content, escalate, transferTo, extra }: ReturnType<typeof lowerOutcome>): Outcome;
/**
 * Never throws: what a failure says that is not of its type is left out, because there is nobody left to tell.
 *
 * @param {Failure} failure
 * @returns {RawFailure}
 */
export declare function lowerFailure({ kind, code, message, retryAfterMs, details }: Failure): RawFailure;
/**
 * @param {RawFailure} raw
 * @returns {Failure}
 */
export declare function liftFailure({ kind, code, message, retryAfterMs, details }: RawFailure): Failure;
