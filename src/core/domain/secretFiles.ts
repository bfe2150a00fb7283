/** Names of files that are never read, whatever ignore files say. Tested against the lower-cased base name. */
const SECRET_NAMES: readonly RegExp[] = [
	/^\.env(?:rc)?(?:\..*)?$/,
	/\.env$/,
	/\.(?:pem|key|p8|p12|pfx|pkcs12|jks|keystore|kdbx?|ppk|asc|gpg|ovpn|mobileprovision)$/,
	/^id_(?:rsa|dsa|ecdsa|ed25519)/,
	/^(?:\.netrc|_netrc|\.npmrc|\.yarnrc\.yml|\.pypirc|\.pgpass|\.my\.cnf|\.htpasswd|\.dockercfg|\.git-credentials|\.boto|\.s3cfg|credentials|secring\..*)$/,
	/^credentials\.(?:json|ya?ml|toml|ini|xml|db)$/,
	/^(?:service[-_]?account|client[-_]secret|gcp[-_]?key|firebase-adminsdk).*\.json$/,
	/^secrets?\.(?:json|ya?ml|toml|ini|env)$/,
	/\.tfstate(?:\..*)?$/,
	/\.tfvars(?:\.json)?$/,
	/^kubeconfig$/,
];

/** Folders whose files are all secret. */
const SECRET_FOLDERS: ReadonlySet<string> = new Set(['.ssh', '.aws', '.gnupg', '.azure', '.kube']);

/** Whether a path, of any platform, names a secret file, or a file in a folder of secrets. */
export function isSecretPath(path: string): boolean {
	const parts = path.toLowerCase().split(/[\\/]/);
	const name = parts.pop() ?? '';
	return SECRET_NAMES.some((pattern) => pattern.test(name)) || parts.some((part) => SECRET_FOLDERS.has(part));
}
