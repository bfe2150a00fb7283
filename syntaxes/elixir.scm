((call target: (identifier) @_def (arguments . (alias) @name)) @definition.module (#any-of? @_def "defmodule" "defprotocol" "defimpl"))
((call target: (identifier) @_def (arguments . [
  (identifier) @name
  (call target: (identifier) @name)
  (binary_operator left: (call target: (identifier) @name))
])) @definition.function (#any-of? @_def "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate"))
; test "…" do
((call target: (identifier) @_test (arguments . (string) @name) (do_block)) @definition.block (#any-of? @_test "test" "describe"))

((call target: (identifier) @_use (arguments . (alias) @import)) (#any-of? @_use "alias" "import" "use" "require"))
