/** What a later signal about an answer needs; travels in the result's metadata. */
export interface HybridChatMetadata {
	readonly interactionId: string;
	readonly hasContext: boolean;
	/** Of what may not leave this machine: in later turns it stays here too, also when the window was closed in between. */
	readonly isLocalOnly: boolean;
}
