/**
 * The host that a component has: its imports. The only modules that name them are in this folder.
 */
import type { Host } from "../host.js";
/**
 * The imports of the component. It holds nothing: each function is one import.
 *
 * @type {Host}
 */
export declare const imports: Host;
