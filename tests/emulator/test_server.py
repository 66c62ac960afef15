"""The embedded AWS answers boto3."""


def test_plain_boto3_works(clean_emulator, aws):
    assert aws("s3").list_buckets()["Buckets"] == []
    aws("s3").create_bucket(Bucket="bucket-one", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    assert [bucket["Name"] for bucket in aws("s3").list_buckets()["Buckets"]] == ["bucket-one"]


def test_reset_empties_the_cloud(emulator, aws):
    aws("sqs").create_queue(QueueName="q")
    emulator.reset()
    assert "QueueUrls" not in aws("sqs").list_queues()
