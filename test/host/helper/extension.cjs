// Test-only: desktop VS Code has a default chat agent in Copilot; without one, answers show no thumbs.
const vscode = require('vscode');

exports.activate = (context) => {
	context.subscriptions.push(
		vscode.chat.createChatParticipant('acmetest.default', async (request, _context, stream) => {
			stream.markdown(`default agent: ${request.prompt}`);
			return {};
		}),
	);
};
