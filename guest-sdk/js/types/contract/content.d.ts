/**
 * Contents and their parts, as the contract carries them.
 */
import { Content } from "../content.js";
export type RawPart = {
    tag: string;
    val: any;
};
export type RawContent = {
    role: string;
    parts: RawPart[];
};
/** @import { Part } from "../types.js" */
/**
 * A part as the contract has it.
 * @typedef {{ tag: string, val: any }} RawPart
 */
/**
 * A content as the contract has it.
 * @typedef {{ role: string, parts: RawPart[] }} RawContent
 */
/**
 * @param {unknown} content
 * @returns {RawContent}
 * @throws {TypeError} Where it is no content.
 */
export declare function lowerContent(content: unknown): RawContent;
/**
 * @param {{ name: unknown, value: unknown }} custom
 * @returns {{ name: string, value: string }}
 */
export declare function lowerCustom({ name, value }: {
    name: unknown;
    value: unknown;
}): {
    name: string;
    value: string;
};
/**
 * @param {RawContent} raw
 * @returns {Content}
 */
export declare function liftContent({ role, parts }: RawContent): Content;
