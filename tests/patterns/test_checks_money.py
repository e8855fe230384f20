from guardproxy.patterns.checks_money import MONEY_CHECKS, base58check_version, is_bech32


def test_addresses_of_the_genesis_block_and_of_the_standard() -> None:
    assert base58check_version("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") == 0
    assert is_bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
    assert is_bech32("BC1SW50QGDZ25J")
    assert is_bech32("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0")


def test_no_other_last_sign_is_right() -> None:
    address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
    signs = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    assert [s for s in signs if MONEY_CHECKS["bitcoin"](address[:-1] + s)] == ["a"]
    assert not is_bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5")
    assert not is_bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3T4")


def test_an_address_of_another_currency_is_none_of_this_one() -> None:
    assert MONEY_CHECKS["tron"]("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") == 0
    assert MONEY_CHECKS["litecoin"]("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4") in (0, 42)
