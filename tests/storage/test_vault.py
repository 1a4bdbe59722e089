"""Sealing: only the same context, the same row and the same bytes open, and every doubt is `OpenFailed`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import aws_encryption_sdk as sdk
import pytest
from aws_encryption_sdk.identifiers import Algorithm
from aws_encryption_sdk.key_providers.kms import KMSMasterKey, KMSMasterKeyConfig
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.passes import OwnKey
from chalicelib.errors import KeyUnavailable, OpenFailed, SealFailed
from chalicelib.ports import SealContext, Vault
from chalicelib.storage.clients import client
from chalicelib.storage.own_keys import StsKeys
from chalicelib.storage.vault import KmsVault
from tests.fakes.vault import FakeVault

from .aws import REGION, a_laptop

ALICE = SealContext("01KALICE000000000000000000", "outpatient", "inbound_text")
ROW = "01KALICE000000000000000000.01KMESSAGE0000000000000000"
WORDS = "I can't do this anymore \U0001f5a4 ñ"
CAROL, JOB = "carol", "job:deliver"
AN_ID = st.text(st.characters(max_codepoint=127), max_size=80)
ANY_TEXT = st.text(st.characters(exclude_categories=()))  # half surrogate pairs too


class RawBody:
    """The bytes of an answer, as botocore reads them off the wire."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._body


class CountingKms:
    """A KMS client's `generate_data_key` and `decrypt`, counted."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.calls: list[str] = []
        inner.meta.events.register("before-call.kms", self._count)

    def _count(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)


@pytest.fixture(scope="module")
def key() -> Iterator[str]:
    with a_laptop("AWS::KMS::Key") as made:
        yield made["ContentKey.Arn"]


@pytest.fixture(scope="module")
def any_kms(key: str) -> Any:
    return client("kms", REGION)


@pytest.fixture
def kms(key: str) -> Any:
    return client("kms", REGION)


@pytest.fixture(params=["fake", "kms"])
def vault(request: pytest.FixtureRequest, key: str, kms: Any) -> Vault:
    return FakeVault() if request.param == "fake" else KmsVault(kms, key)


@pytest.mark.parametrize("text", ["", WORDS, "\n1:x\x00", "x" * 1600, "\ud83d", "\U0001f5a4" * 1600])
@pytest.mark.parametrize("reader", [CAROL, JOB])
def test_what_was_sealed_opens(vault: Vault, text: str, reader: str) -> None:
    assert vault.open(ALICE, ROW, vault.seal(ALICE, ROW, text), reader) == text


def test_nothing_readable_is_left(vault: Vault) -> None:
    assert b"anymore" not in vault.seal(ALICE, ROW, WORDS)


@pytest.mark.parametrize(
    "context", [replace(ALICE, patient="01KBOB"), replace(ALICE, program="detox"), replace(ALICE, kind="outgoing_text")]
)
@pytest.mark.parametrize("reader", [CAROL, JOB])
def test_another_patient_program_or_kind_does_not_open(vault: Vault, context: SealContext, reader: str) -> None:
    sealed = vault.seal(ALICE, ROW, WORDS)
    assert vault.open(ALICE, ROW, sealed, reader) == WORDS  # the data key is in the job's cache now
    with pytest.raises(OpenFailed):
        vault.open(context, ROW, sealed, reader)


@pytest.mark.parametrize("row", ["", ROW[:-1], ROW + "0", ROW[:-1] + "1", "roster"])
def test_another_row_does_not_open(vault: Vault, row: str) -> None:
    sealed = vault.seal(ALICE, ROW, WORDS)
    with pytest.raises(OpenFailed):
        vault.open(ALICE, row, sealed, CAROL)


@given(row=AN_ID, other=AN_ID, text=ANY_TEXT)
@settings(max_examples=40)
def test_no_pair_of_row_and_text_opens_as_another(key: str, any_kms: Any, row: str, other: str, text: str) -> None:
    vault = KmsVault(any_kms, key).one_request()
    sealed = vault.seal(ALICE, row, text)
    assert vault.open(ALICE, row, sealed, JOB) == text
    if other != row:
        with pytest.raises(OpenFailed):
            vault.open(ALICE, other, sealed, JOB)


def test_no_byte_can_be_changed(key: str, kms: Any) -> None:
    vault = KmsVault(kms, key).one_request()
    sealed = vault.seal(ALICE, ROW, WORDS)
    for at in range(len(sealed)):
        with pytest.raises(OpenFailed):
            vault.open(ALICE, ROW, sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], JOB)


def test_no_byte_can_be_cut_off_or_added(vault: Vault) -> None:
    sealed = vault.seal(ALICE, ROW, WORDS)
    for other in [*(sealed[:at] for at in range(len(sealed))), sealed[1:], b"\x00" + sealed]:
        with pytest.raises(OpenFailed):
            vault.open(ALICE, ROW, other, JOB)


@given(garbage=st.binary(max_size=800))
@settings(max_examples=80)
def test_bytes_that_were_never_sealed_do_not_open(key: str, any_kms: Any, garbage: bytes) -> None:
    with pytest.raises(OpenFailed):
        KmsVault(any_kms, key).open(ALICE, ROW, garbage, CAROL)


@given(at=st.integers(0, 400), garbage=st.binary(min_size=1, max_size=40))
@settings(max_examples=80)
def test_a_message_with_garbage_inside_does_not_open(key: str, any_kms: Any, at: int, garbage: bytes) -> None:
    vault = KmsVault(any_kms, key)
    sealed = vault.seal(ALICE, ROW, WORDS)
    other = sealed[:at] + garbage + sealed[at + len(garbage) :]
    if other != sealed:
        with pytest.raises(OpenFailed):
            vault.open(ALICE, ROW, other, CAROL)


def test_what_another_suite_or_key_sealed_does_not_open(key: str, kms: Any) -> None:
    master = KMSMasterKey(config=KMSMasterKeyConfig(key_id=key, client=kms))
    wanted = {"patient": ALICE.patient, "program": ALICE.program, "kind": ALICE.kind}
    content = len(ROW).to_bytes(2, "big") + ROW.encode() + b"hello"
    for algorithm in (
        Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
        Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384,
    ):
        encrypt = sdk.EncryptionSDKClient().encrypt
        sealed, _ = encrypt(source=content, key_provider=master, encryption_context=wanted, algorithm=algorithm)
        if algorithm.signing_algorithm_info is None:
            assert KmsVault(kms, key).open(ALICE, ROW, sealed, CAROL) == "hello"
        else:
            with pytest.raises(OpenFailed):
                KmsVault(kms, key).open(ALICE, ROW, sealed, CAROL)


def test_a_missing_key_fails_loudly(key: str, kms: Any) -> None:
    sealed = KmsVault(kms, key).seal(ALICE, ROW, WORDS)
    gone = key.rsplit("/", 1)[0] + "/00000000-0000-0000-0000-000000000000"
    with pytest.raises(SealFailed):
        KmsVault(kms, gone).seal(ALICE, ROW, WORDS)
    with pytest.raises(OpenFailed):
        KmsVault(kms, gone).open(ALICE, ROW, sealed, CAROL)


@pytest.mark.parametrize("code", ["DisabledException", "KMSInvalidStateException", "AccessDeniedException"])
def test_a_key_that_says_no_fails_loudly(key: str, code: str) -> None:
    """moto goes on using a disabled key, so KMS's own no is put into the client's answer."""
    kms = client("kms", REGION)
    vault = KmsVault(kms, key)
    sealed = vault.seal(ALICE, ROW, WORDS)
    response = type("Response", (), {"status_code": 400})
    kms.meta.events.register("before-call.kms", lambda **_: (response, {"Error": {"Code": code, "Message": "no"}}))
    with pytest.raises(OpenFailed):
        vault.open(ALICE, ROW, sealed, CAROL)
    with pytest.raises(SealFailed):
        KmsVault(kms, key).seal(ALICE, ROW, WORDS)


def test_a_key_service_that_hangs_fails_loudly(key: str) -> None:
    kms = client("kms", REGION)
    sealed = KmsVault(kms, key).seal(ALICE, ROW, WORDS)

    def hang(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="kms")

    kms.meta.events.register("before-call.kms", hang)
    with pytest.raises(OpenFailed):
        KmsVault(kms, key).open(ALICE, ROW, sealed, JOB)
    with pytest.raises(SealFailed):
        KmsVault(kms, key).seal(ALICE, ROW, WORDS)


@pytest.mark.parametrize("code", ["hangs", "KMSInternalException", "ThrottlingException"])
def test_a_silent_key_service_is_no_refusal_to_a_person_and_is_waited_for_once_a_request(key: str, any_kms: Any, code: str) -> None:
    sealed = KmsVault(any_kms, key).seal(ALICE, ROW, WORDS)
    waited: list[str] = []
    status = 500 if code.startswith("KMS") else 400

    def silent(**_: Any) -> Any:
        waited.append(code)
        if code == "hangs":
            raise ReadTimeoutError(endpoint_url="kms")
        body = f'{{"__type": "{code}"}}'.encode()
        return AWSResponse("https://kms", status, {}, RawBody(body))

    def met(made: Any) -> None:
        made.meta.events.register_first("before-send.kms", silent)

    hers = StsKeys("role", key, REGION, met=met).vault(OwnKey("a", "b", "c", datetime(2026, 3, 2, tzinfo=UTC))).one_request()
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(hers.open, ALICE, ROW, sealed, CAROL) for _ in range(4)]
    assert {type(each.exception()) for each in asked} == {KeyUnavailable}
    assert 1 <= len(waited) <= 2  # the client's own second attempt, and none for the other texts


def test_errors_name_the_row_and_nothing_else(vault: Vault) -> None:
    sealed = vault.seal(ALICE, ROW, WORDS)
    with pytest.raises(OpenFailed) as caught:
        vault.open(ALICE, ROW + "x", sealed, CAROL)
    assert ROW in str(caught.value)
    assert "anymore" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_wrong_context_never_reaches_kms(key: str, kms: Any) -> None:
    vault = KmsVault(kms, key)
    sealed = vault.seal(ALICE, ROW, WORDS)
    calls = CountingKms(kms).calls
    with pytest.raises(OpenFailed):
        vault.open(replace(ALICE, patient="01KBOB"), ROW, sealed, CAROL)
    assert calls == []


def test_one_data_key_seals_many_texts_of_one_context(key: str, kms: Any) -> None:
    calls, vault = CountingKms(kms).calls, KmsVault(kms, key)
    for n in range(20):
        vault.seal(ALICE, f"{ROW}{n}", WORDS)
    vault.seal(replace(ALICE, patient="01KBOB"), ROW, WORDS)
    assert calls == ["GenerateDataKey", "GenerateDataKey"]


def test_a_jobs_data_keys_are_kept_and_a_persons_are_not(key: str, kms: Any) -> None:
    vault = KmsVault(kms, key)
    sealed = vault.seal(ALICE, ROW, WORDS)
    for reader, expected in ((JOB, 1), (CAROL, 3), ("dan", 3)):
        calls = CountingKms(kms).calls
        for _ in range(3):
            vault.open(ALICE, ROW, sealed, reader)
        assert calls == ["Decrypt"] * expected


def test_a_request_opens_a_page_with_one_call_and_the_next_asks_again(key: str, kms: Any) -> None:
    vault = KmsVault(kms, key)
    page = {f"{ROW}{n}": vault.seal(ALICE, f"{ROW}{n}", WORDS) for n in range(50)}
    calls = CountingKms(kms).calls
    for n in (1, 2):
        request = vault.one_request()
        assert {request.open(ALICE, row, sealed, CAROL) for row, sealed in page.items()} == {WORDS}
        assert calls == ["Decrypt"] * n


def test_a_page_opened_side_by_side_asks_once_for_each_data_key(key: str, kms: Any) -> None:
    """Fifty texts, sealed on three days by three warm functions, opened by eight threads at once."""
    days = [KmsVault(kms, key) for _ in range(3)]
    page = {f"{ROW}{n}": days[n % 3].seal(ALICE, f"{ROW}{n}", WORDS) for n in range(50)}
    calls = CountingKms(kms).calls
    request = days[0].one_request()
    with ThreadPoolExecutor(8) as pool:
        opened = pool.map(lambda row: request.open(ALICE, row, page[row], CAROL), page)
        assert set(opened) == {WORDS}
    assert calls == ["Decrypt"] * 3


def test_many_threads_seal_and_open_with_one_vault(key: str, kms: Any) -> None:
    vault = KmsVault(kms, key)

    def there_and_back(n: int) -> bool:
        context = replace(ALICE, patient=f"01KALICE{n % 5}")
        return vault.open(context, str(n), vault.seal(context, str(n), f"{n}"), JOB) == f"{n}"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(there_and_back, range(80)))
